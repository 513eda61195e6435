import { buildOrder } from './build-order.ts';
import type { Entity, EntityType, Ref, Target } from './entity.ts';
import { inParallel } from './in-parallel.ts';
import { RETURNED, STAGED } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import { receipt } from './receipt.ts';
import type { RunState } from './run-state.ts';
import { refKey, topology } from './topology.ts';
import { touch } from './when-free.ts';

const CONCURRENT = 6;

/**
 * What stands at the target already serves a run: originals of a group that comes home, or what was staged for it. It is brought in step with what was captured;
 * what it was like is in the ledger before it is changed, and put back by the undo.
 */
export async function takeUp(entity: Entity, state: RunState): Promise<LedgerEntry | undefined> {
  const targetId = state.standing(entity);
  const looked = targetId === undefined ? undefined : await lookAt(entity, targetId, state);
  if (targetId === undefined || looked === undefined) return undefined;
  const how = state.run.stage === undefined ? RETURNED : STAGED;
  return state.put({ ref: { kind: entity.kind, id: entity.id }, state: 'made', targetId, how, looked });
}

/** A type that does not say how it comes back is made anew beside its original; beside what was staged it need not be. */
const returnsOf = ({ returns }: EntityType, { run: { stage } }: Pick<RunState, 'run'>): EntityType['returns'] =>
  returns ?? (stage === undefined ? undefined : 'as it is');

/** What it is like, as far as that may be changed; `undefined`: it cannot serve. Reads only. */
export async function lookAt(entity: Entity, id: string, state: RunState, to = state.target(entity)) {
  const type = state.run.registry.get(entity.kind);
  const returns = returnsOf(type, state);
  if (returns === 'as it is') return (await isSame(entity, type, id, state)) ? {} : undefined;
  return returns?.look(state.run.cloud, id, entity, to);
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
      const stands = refKey(of) === ref ? id : state.standing(of);
      return state.entry(of) ?? (stands === undefined ? undefined : { ref: of, state: 'made', targetId: stands });
    },
  };
  const [lines] = receipt(topology([entity]), topology([twin]), asIf);
  return lines?.fields.every(({ outcome }) => outcome !== 'unexplained') ?? false;
}

export async function bringInStep(entity: Entity, id: string, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  const { returns } = type;
  if (returns === undefined || returns === 'as it is') return;
  await touch(entity, type, state, () => returns.restore(state.run.cloud, id, entity, state.target(entity)));
}

export async function finishInStep(entity: Entity, id: string, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  const { returns } = type;
  if (returns === undefined || returns === 'as it is') return;
  await touch(entity, type, state, () => returns.last?.(state.run.cloud, id, entity, state.target(entity)));
}

/** Not of a run that has forgotten what it was like before, nor what another run serves by. */
export async function putBack(entry: LedgerEntry, state: RunState): Promise<void> {
  const { ref, targetId, looked } = entry;
  const { returns } = state.run.registry.get(ref.kind);
  if (entry.state === 'removed' || targetId === undefined || looked === undefined) return;
  const held = state.run.heldByOthers?.has(refKey({ kind: ref.kind, id: targetId })) ?? false;
  if (returns !== undefined && returns !== 'as it is' && !held)
    await returns.putBack(state.run.cloud, targetId, looked, state.target(ref));
  await state.put({ ...entry, state: 'removed' });
}

/**
 * Which captured entities something stands for that would serve, as things stand, by `refKey`. Also asks those that would have to make way: throws where one
 * cannot. Reads only.
 */
export async function returning(state: RunState): Promise<ReadonlySet<string>> {
  const back = new Set<string>();
  const { topology: all, registry, cloud, originals = [] } = state.run;
  const standing = all.entities.filter((entity) => state.standing(entity) !== undefined);
  const found = standing.length === 0 ? new Map<string, string>() : await findAll(state);
  await inParallel(standing, CONCURRENT, async (entity) => {
    const to = asIfAllStood(entity, state, found);
    if ((await lookAt(entity, state.standing(entity) ?? '', state, to)) !== undefined) back.add(refKey(entity));
  });
  await inParallel(originals, CONCURRENT, async (ref) => {
    await registry.get(ref.kind).yields?.look(cloud, ref.id, state.target(ref));
  });
  return back;
}

/** What is mapped, and so stands there too. That something cannot be found is for others to say. */
async function findAll(state: RunState): Promise<ReadonlyMap<string, string>> {
  const { topology: all, registry, cloud } = state.run;
  const found = new Map<string, string>();
  for (const entity of buildOrder(all, registry).flat()) {
    const to = asIfAllStood(entity, state, found);
    const there = await registry
      .get(entity.kind)
      .find?.(cloud, entity, to)
      .catch(() => undefined);
    if (there) found.set(refKey(entity), there.id);
  }
  return found;
}

const asIfAllStood = (entity: Entity, state: RunState, found: ReadonlyMap<string, string>): Target => {
  const to = state.target(entity);
  const maybe = (ref: Ref | undefined): string | undefined =>
    ref && (to.maybe(ref) ?? state.standing(ref) ?? found.get(refKey(ref)));
  return { ...to, maybe };
};
