import type { Entity, EntityType, Ref } from './entity.ts';
import { refsOf } from './topology.ts';

/** What an entity must not be made without. */
export const neededBy = (entity: Entity, type: Pick<EntityType, 'needs'>): readonly Ref[] =>
  refsOf(entity)
    .filter(([as]) => type.needs?.includes(as))
    .map(([, ref]) => ref);

/** Why something is left out with what it needs. */
export const withWhat = (needed: Ref, why: string): string => `its ${needed.kind} ${needed.id} is left out: ${why}`;
