import type { LifeboatError } from '@lifeboat/kernel';

/**
 * What a list shows, and what a memo names: lists may show new things late, a thing asked for by its id is there or not. The memo is only a
 * help: without it what the list hides is made twice, and the younger removed.
 */
export async function withRemembered<T extends { readonly id: string }>(
  listed: readonly T[],
  id: string | undefined,
  read: (id: string) => Promise<T>,
): Promise<readonly T[]> {
  if (id === undefined || listed.some((one) => one.id === id)) return listed;
  const remembered = await found(read(id));
  return remembered ? [remembered, ...listed] : listed;
}

/** `undefined` for what is not there. */
export const found = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((thrown: LifeboatError) => {
    if (thrown.kind === 'not-found') return undefined;
    throw thrown;
  });
