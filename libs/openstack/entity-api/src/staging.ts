import { buildOrder } from './build-order.ts';
import type { Entity, EntityType, Topology } from './entity.ts';
import { inParallel } from './in-parallel.ts';
import type { LedgerEntry } from './ledger.ts';
import { rebuild } from './rebuild.ts';
import { receipt } from './receipt.ts';
import type { Registry } from './registry.ts';
import { removeAll } from './remove.ts';
import type { Removal } from './remove.ts';
import { RunState } from './run-state.ts';
import type { Rebuild } from './run-state.ts';
import { lookAt } from './taking-up.ts';
import { refKey, refsOf, topology } from './topology.ts';

const CONCURRENT = 6;

/** Pure: of a topology all that can stand at a target before it is needed, each as it stands until then; without what refers to anything else of it. */
export function stagedPart(all: Topology, registry: Registry): Topology {
  const part = new Map(
    all.entities.flatMap((kept) => {
      const as = registry.get(kept.kind).staged?.(kept, all);
      return as === undefined ? [] : [[refKey(as), as] as const];
    }),
  );
  const isLost = (entity: Entity): boolean =>
    refsOf(entity).some(([, ref]) => all.get(ref) !== undefined && !part.has(refKey(ref)));
  const lost = (): readonly Entity[] => [...part.values()].filter(isLost);
  for (let next = lost(); next.length > 0; next = lost()) for (const entity of next) part.delete(refKey(entity));
  return topology([...part.values()]);
}

/** Pure: what a stage has made, and what of it stands whole: `kind/id` of the source → id at the target. */
export const standingOf = (entries: readonly LedgerEntry[]): ReadonlyMap<string, string> =>
  new Map(
    entries
      .filter(isWhole)
      .flatMap(({ ref, targetId }) => (targetId === undefined ? [] : [[refKey(ref), targetId] as const])),
  );

const isWhole = ({ how, state }: LedgerEntry): boolean =>
  how === 'created' && (state === 'settled' || state === 'finished');

/**
 * Removes of a stage what could not be brought in step with the run's topology: what cannot be changed, was cut in half, or is not wanted any more, with what
 * refers to it. The run is the stage: its ledger and its mark say what is its own. `former`: by what it was made. Answers what would not go. May be called again.
 */
export async function clearStage(run: Rebuild, former: Topology): Promise<Removal['left']> {
  const state = await RunState.load(run);
  const stale = await staleOf(state, former);
  const { left } = await removeAll({
    ...run,
    topology: topology(former.entities.filter((one) => stale.has(refKey(one)))),
  });
  const stays = new Set(left.map(({ id }) => id));
  for (const { ref, targetId, how } of state.entries.values())
    if ((stale.has(refKey(ref)) && !stays.has(targetId ?? ref.id)) || !isOwn(how)) await state.forget(ref);
  return left;
}

/**
 * Makes what is wanted staged stand, as it was captured, and brings in step with that what stands. Of a stage that was cleared, and from then on is known to be
 * made by this topology. May be called again at any moment, after any crash.
 */
export async function stage(run: Rebuild): Promise<void> {
  await rebuild({ ...run, renewed: new Set(standingOf(await run.ledger.entries()).keys()) });
}

/** What it has made, or is about to; all else is found anew each time. */
const isOwn = (how: string | undefined): boolean => how === undefined || how === 'created';

/** By `refKey`: what stands otherwise than it could be wanted now, and all that refers to it. */
async function staleOf(state: RunState, former: Topology): Promise<ReadonlySet<string>> {
  const { registry, topology: now } = state.run;
  const stale = new Set<string>();
  for (const { ref } of state.entries.values()) if (!now.get(ref)) stale.add(refKey(ref));
  await inParallel(buildOrder(now, registry).flat(), CONCURRENT, async (entity) => {
    const entry = state.entry(entity);
    if (entry && !(await couldServe(entity, entry, state))) stale.add(refKey(entity));
  });
  const all = [...now.entities, ...former.entities].filter((entity) => state.entry(entity));
  const users = (): readonly Entity[] =>
    all.filter((one) => !stale.has(refKey(one)) && refsOf(one).some(([, ref]) => stale.has(refKey(ref))));
  for (let next = users(); next.length > 0; next = users()) for (const one of next) stale.add(refKey(one));
  return stale;
}

async function couldServe(entity: Entity, entry: LedgerEntry, state: RunState): Promise<boolean> {
  const type = state.run.registry.get(entity.kind);
  if (isOwn(entry.how)) return isWhole(entry) && (await lookAt(entity, entry.targetId ?? '', state)) !== undefined;
  // What was found there is found again; only that it is another one by now says something of those that refer to it.
  const found = entry.how?.startsWith('mapped') && (await findAgain(entity, type, state));
  return !found || found === entry.targetId;
}

const findAgain = async (entity: Entity, type: EntityType, state: RunState): Promise<string | undefined> =>
  (await type.find?.(state.run.cloud, entity, state.target(entity)))?.id;

/** What of a stage has gone from the target, or was changed there, since it was brought in step with the run's topology. Reads only. */
export async function outOfStep(
  run: Rebuild,
): Promise<readonly { readonly entity: Entity; readonly id: string; readonly why: string }[]> {
  const state = await RunState.load(run);
  const standing = standingOf([...state.entries.values()]);
  const own = run.topology.entities.filter((entity) => standing.has(refKey(entity)));
  const twins: Entity[] = [];
  await inParallel(own, CONCURRENT, async ({ kind, ...entity }) => {
    const type = run.registry.get(kind);
    const id = standing.get(refKey({ kind, ...entity })) ?? '';
    const live = await (type.reread ?? type.get)(run.cloud, id, state.scope);
    if (live) twins.push({ ...type.capture(live, state.scope), kind });
  });
  return receipt(topology(own), topology(twins), state).flatMap(({ kind, sourceId, fields }) => {
    const entity = run.topology.get({ kind, id: sourceId });
    const changed = fields.filter(({ outcome }) => outcome === 'unexplained');
    const id = standing.get(refKey({ kind, id: sourceId })) ?? '';
    if (!entity || changed.length === 0) return [];
    const gone = changed.some(({ field }) => field === '(all)');
    return [{ entity, id, why: gone ? 'is gone' : `differs in ${changed.map(({ field }) => field).join(', ')}` }];
  });
}
