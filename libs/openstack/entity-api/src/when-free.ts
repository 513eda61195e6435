import { asLifeboatError, external, timedOut } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entity, EntityType } from './entity.ts';
import type { RunState } from './run-state.ts';

const POLL_MS = 300;
/** A change of a load balancer takes seconds, and all of its tree may wait for each other. */
const FREE_WITHIN_MS = 5 * 60_000;

/** Does `work`, and again as long as the refusal says that something else is under way there (`EntityType.busy`): nothing was done then. */
export async function whenFree<T>(
  entity: Entity,
  type: Pick<EntityType, 'busy'>,
  state: Pick<RunState, 'use' | 'run'>,
  work: () => T | Promise<T>,
): Promise<T> {
  const { cloud, signal } = state.run;
  for (const end = Date.now() + FREE_WITHIN_MS; ; await pause(POLL_MS, undefined, { signal }))
    try {
      return await state.use(entity, work);
    } catch (thrown) {
      const refusal = asLifeboatError(thrown);
      if (!type.busy?.(refusal)) throw thrown;
      if (Date.now() > end)
        throw timedOut(
          'entity-busy',
          `${cloud.site} was still busy with what ${entity.kind} ${entity.name || entity.id} belongs to: ${refusal.message}`,
          { cause: thrown },
        );
    }
}

/** For what may run twice: whether a call whose answer was lost was carried out need not be known, the run comes back to it. */
export async function touch(...[entity, type, state, work]: Parameters<typeof whenFree<unknown>>): Promise<void> {
  try {
    await whenFree(entity, type, state, work);
  } catch (thrown) {
    const { code, message } = asLifeboatError(thrown);
    throw code === 'outcome-unknown' ? external('outcome-unclear', message, { retry: 'yes', cause: thrown }) : thrown;
  }
}
