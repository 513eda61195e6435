import type { Entity, Topology } from './entity.ts';
import type { RunState } from './run-state.ts';
import { refsOf } from './topology.ts';

export interface WayOut {
  readonly kind: string;
  readonly id: string;
  readonly to: string;
}

/** What joins: referred to, it must have been made by the run. */
const JOINTS = ['network', 'subnet', 'subnet-pool', 'router', 'security-group'];

/**
 * How what a run made could reach, or be reached from, what it did not make: by the target as it stands, whatever the types meant to do. Nothing, after a
 * drill. Pure.
 */
export function waysOut(recovered: Topology, state: Pick<RunState, 'entries' | 'run'>): readonly WayOut[] {
  const made = new Set(
    [...state.entries.values()].flatMap(({ how, targetId }) => (how === 'created' && targetId ? [targetId] : [])),
  );
  const leads = (entity: Entity): readonly string[] => {
    if (state.run.registry.get(entity.kind).outside?.(entity, recovered) !== undefined) return ['whoever is outside'];
    return refsOf(entity)
      .filter(([, ref]) => JOINTS.includes(ref.kind) && !made.has(ref.id))
      .map(([as, ref]) => `${as} ${ref.kind} ${ref.id}`);
  };
  return recovered.entities
    .filter(({ id }) => made.has(id))
    .flatMap((entity) => leads(entity).map((to) => ({ kind: entity.kind, id: entity.id, to })));
}
