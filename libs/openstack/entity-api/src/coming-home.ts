import { illegalState, timedOut } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entity, EntityType, Ref, Target } from './entity.ts';
import { inParallel } from './in-parallel.ts';
import { MADE_WAY, RETURNED } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import { receipt } from './receipt.ts';
import type { RunState } from './run-state.ts';
import { refKey, topology } from './topology.ts';
import { touch } from './when-free.ts';

const CONCURRENT = 6;
const POLL_MS = 300;
const WITHIN_MS = 5 * 60_000;

/**
 * A group that comes home: originals that still stand serve again, brought in step with what was captured; those that are made anew give up what they hold of
 * that. What anything was like is in the ledger before it is changed, and put back by the undo.
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

/** The entry of an original that can serve again; `undefined`: it is made anew. */
export async function comeBack(entity: Entity, state: RunState): Promise<LedgerEntry | undefined> {
  const targetId = state.original(entity);
  const looked = targetId === undefined ? undefined : await lookAt(entity, targetId, state);
  if (targetId === undefined || looked === undefined) return undefined;
  const ref = { kind: entity.kind, id: entity.id };
  return state.put({ ref, state: 'made', targetId, how: RETURNED, looked });
}

async function lookAt(entity: Entity, id: string, state: RunState, to = state.target(entity)) {
  const type = state.run.registry.get(entity.kind);
  if (type.returns === 'as it is') return (await isSame(entity, type, id, state)) ? {} : undefined;
  return type.returns?.look(state.run.cloud, id, entity, to);
}

/** By the receipt that it would get. */
async function isSame(entity: Entity, type: EntityType, id: string, state: RunState): Promise<boolean> {
  const live = await (type.reread ?? type.get)(state.run.cloud, id, state.scope);
  if (!live) return false;
  const [ref, twin] = [refKey(entity), { ...type.capture(live, state.scope), kind: entity.kind }];
  const asIf: Pick<RunState, 'entry' | 'target' | 'run'> = {
    run: state.run,
    target: (of) => state.target(of),
    entry: (of) => {
      const stands = refKey(of) === ref ? id : state.original(of);
      return state.entry(of) ?? (stands === undefined ? undefined : { ref: of, state: 'made', targetId: stands });
    },
  };
  const [lines] = receipt(topology([entity]), topology([twin]), asIf);
  return lines?.fields.every(({ outcome }) => outcome !== 'unexplained') ?? false;
}

export async function restoreReturned(entity: Entity, id: string, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  const { returns } = type;
  if (returns === undefined || returns === 'as it is') return;
  await touch(entity, type, state, () => returns.restore(state.run.cloud, id, entity, state.target(entity)));
}

export async function finishReturned(entity: Entity, id: string, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  const { returns } = type;
  if (returns === undefined || returns === 'as it is') return;
  await touch(entity, type, state, () => returns.last?.(state.run.cloud, id, entity, state.target(entity)));
}

/** Not of a run that was committed: nothing is known of what it was before. */
export async function putBack(entry: LedgerEntry, state: RunState): Promise<void> {
  const { ref, targetId, looked } = entry;
  const { returns } = state.run.registry.get(ref.kind);
  if (entry.state === 'removed' || targetId === undefined || looked === undefined) return;
  if (returns !== undefined && returns !== 'as it is')
    await returns.putBack(state.run.cloud, targetId, looked, state.target(ref));
  await state.put({ ...entry, state: 'removed' });
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

/**
 * Which captured entities have an original that would serve again, as things stand, by `refKey`. Also asks those that would have to make way: throws where one
 * cannot. Reads only.
 */
export async function returning(state: RunState): Promise<ReadonlySet<string>> {
  const back = new Set<string>();
  const { topology: all, registry, cloud, originals = [] } = state.run;
  await inParallel(all.entities, CONCURRENT, async (entity) => {
    const id = state.original(entity);
    if (id !== undefined && (await lookAt(entity, id, state, asIfAllStood(entity, state))) !== undefined)
      back.add(refKey(entity));
  });
  await inParallel(originals, CONCURRENT, async (ref) => {
    await registry.get(ref.kind).yields?.look(cloud, ref.id, state.target(ref));
  });
  return back;
}

const asIfAllStood = (entity: Entity, state: RunState): Target => {
  const to = state.target(entity);
  const maybe = (ref: Ref | undefined): string | undefined => ref && (to.maybe(ref) ?? state.original(ref));
  return { ...to, maybe };
};
