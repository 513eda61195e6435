import { illegalState, timedOut } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ref } from './entity.ts';
import { inParallel } from './in-parallel.ts';
import { MADE_WAY } from './ledger.ts';
import type { RunState } from './run-state.ts';

const CONCURRENT = 6;
const POLL_MS = 300;
const WITHIN_MS = 5 * 60_000;

/**
 * A group that comes home: what is made anew finds free what its original holds there of what comes back. What that was like is in the ledger before it is
 * changed, and put back by the undo.
 */
async function untilDone(what: Ref, state: RunState, work: (turn: number) => Promise<boolean>): Promise<void> {
  const { signal, cloud } = state.run;
  const end = Date.now() + WITHIN_MS;
  for (let turn = 0; !(await work(turn)); turn++) {
    if (Date.now() > end)
      throw timedOut('original-not-done', `${what.kind} ${what.id} of ${cloud.site} was not done with in time.`, {
        mend: "Look at the cloud's own log for this id, then retry.",
      });
    await pause(POLL_MS, undefined, { signal });
  }
}

/** Before anything is made. What has gone has nothing to give. */
export function makeWay(state: RunState): Promise<void> {
  return inParallel(state.run.originals ?? [], CONCURRENT, async (ref) => {
    const yields = state.run.registry.get(ref.kind).yields;
    const known = state.entry(ref);
    if (!yields || known?.state === 'finished') return;
    if (known?.state === 'removed')
      throw illegalState('run-being-removed', `Run ${state.run.runId} has put back ${ref.kind} ${ref.id} already.`);
    const looked = known ? known.looked : await yields.look(state.run.cloud, ref.id, state.target(ref));
    if (looked === undefined) return;
    const entry = known ?? (await state.put({ ref, state: 'made', targetId: ref.id, how: MADE_WAY, looked }));
    await untilDone(ref, state, (turn) => yields.makeWay(state.run.cloud, ref.id, looked, turn));
    await state.put({ ...entry, state: 'finished' });
  });
}

/** All that has made way and can have back what it held. */
export const giveBackWay = (
  state: RunState,
): readonly { readonly ref: Ref; readonly giveBack: () => Promise<void> }[] =>
  [...state.entries.values()]
    .filter(({ how, state: standing, looked }) => how === MADE_WAY && standing !== 'removed' && looked !== undefined)
    .map((entry) => ({
      ref: entry.ref,
      giveBack: async () => {
        const yields = state.run.registry.get(entry.ref.kind).yields;
        await untilDone(
          entry.ref,
          state,
          async (turn) => (await yields?.takeBack(state.run.cloud, entry.ref.id, entry.looked ?? null, turn)) ?? true,
        );
        await state.put({ ...entry, state: 'removed' });
      },
    }));
