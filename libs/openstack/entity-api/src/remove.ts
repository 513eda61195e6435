import { asLifeboatError } from '@lifeboat/kernel';
import { buildOrder } from './build-order.ts';
import { inParallel } from './in-parallel.ts';
import type { Entity } from './entity.ts';
import { bearsMark } from './mark.ts';
import type { Rebuild } from './rebuild.ts';
import { RunState } from './rebuild.ts';

export interface Removal {
  readonly removed: number;
  /** What bears the run's mark and would not go, and why. */
  readonly left: readonly { readonly kind: string; readonly id: string; readonly why: string }[];
}

const CONCURRENT = 6;

/**
 * Removes what a run created, in reverse order; only what bears its mark, or, for types without a place for one, what its ledger says it made. Found by
 * mark even where the ledger knows nothing. May be called again until nothing is left; quiet when there never was anything.
 */
export async function removeAll(run: Rebuild): Promise<Removal> {
  const state = await RunState.load(run);
  let removed = 0;
  const left: Removal['left'][number][] = [];
  for (const level of [...buildOrder(run.topology, run.registry)].reverse())
    await inParallel(level, CONCURRENT, async (entity) => {
      try {
        if (await removeOne(entity, state)) removed++;
      } catch (thrown) {
        const error = asLifeboatError(thrown);
        left.push({ kind: entity.kind, id: state.entry(entity)?.targetId ?? entity.id, why: error.message });
      }
    });
  return { removed, left };
}

async function removeOne(entity: Entity, state: RunState): Promise<boolean> {
  const { registry, cloud } = state.run;
  const type = registry.get(entity.kind);
  const entry = state.entry(entity);
  if (!type.remove || (entry?.how !== undefined && entry.how !== 'created')) return false;
  const to = state.target(entity);
  const id = entry?.state === 'removed' ? undefined : await ownId(entity, state);
  if (id === undefined) return false;
  await type.remove(cloud, id, entity, to);
  await state.put({ ref: { kind: entity.kind, id: entity.id }, state: 'removed', targetId: id, how: 'created' });
  return true;
}

/** The id of what the run made of this entity, proven by mark where the type can bear one. */
async function ownId(entity: Entity, state: RunState): Promise<string | undefined> {
  const { registry, cloud } = state.run;
  const type = registry.get(entity.kind);
  const entry = state.entry(entity);
  const to = state.target(entity);
  if (type.naturalKey) {
    if (entry?.targetId !== undefined) return entry.targetId;
    if (!entry?.before) return undefined;
    const wanted = type.naturalKey.kept(entity, to);
    for await (const live of type.candidates?.(cloud, entity, to) ?? []) if (type.naturalKey.live(live) === wanted && !entry.before.includes(live.id)) return live.id;
    return undefined;
  }
  for await (const live of type.candidates?.(cloud, entity, to) ?? []) if (bearsMark(live, to.mark)) return live.id;
  return undefined;
}
