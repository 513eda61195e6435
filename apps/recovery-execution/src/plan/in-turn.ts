import type { WorkContext } from '@lifeboat/service-kit';

/** How far a sequence came. */
export interface Came<R> {
  readonly results: readonly R[];
  /** When the one that is next was first tried; absent: all are done. */
  readonly since?: string;
}

/** When what wants to be tried again is. */
export const AGAIN_MS = 2_000;

/**
 * One after the other, as far as it goes now: to the end, or to one that is to be tried again (`attempt` answers `undefined`). How far it came is stored before each
 * try, so that a crash repeats one try at most. `since` is when that one was first tried.
 */
export async function inTurn<T, R>(
  items: readonly T[],
  memo: Came<R> | undefined,
  context: Pick<WorkContext, 'saveMemo'>,
  attempt: (item: T, index: number, since: string) => Promise<R | undefined>,
): Promise<Came<R>> {
  let { results = [], since } = memo ?? {};
  for (const item of items.slice(results.length)) {
    since ??= new Date().toISOString();
    await context.saveMemo({ results, since } as never);
    const result = await attempt(item, results.length, since);
    if (result === undefined) return { results, since };
    [results, since] = [[...results, result], undefined];
  }
  return { results };
}
