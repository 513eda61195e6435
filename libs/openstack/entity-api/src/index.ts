export { entity } from './entity.ts';
export type {
  Captured, Entity, EntityType, FieldRule, Live, Mark, Provision, Ref, Refs, Scope, State, Target, Topology,
} from './entity.ts';
