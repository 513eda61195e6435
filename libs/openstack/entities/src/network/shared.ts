import type { Entity, Target } from '@lifeboat/openstack-entity-api';

/** Whom an RBAC policy shares something with, besides another project's id. */
export const EVERYBODY = '*';
/** Sharing with one's own project is pointless and allowed. */
export const ITSELF = 'its own project';

/**
 * Whether something is to be made as shared with all. Neutron says `shared` also of what a policy shares with the caller's own project alone, and the
 * policies are made by themselves: only what none of them explains (an administrator's policy, which the project does not list) is left to the flag.
 */
export const sharedByFlag = (kept: Entity, to: Pick<Target, 'all' | 'isAdmin' | 'isolated'>): boolean =>
  kept.spec['shared'] === true &&
  to.isAdmin &&
  !to.isolated &&
  !to.all
    .referringTo(kept)
    .some(({ kind, spec }) => kind === 'rbac-policy' && [EVERYBODY, ITSELF].includes(String(spec['shared_with'])));

/** Whether others would use it, or be given it by default, where it stood before it is needed: then it would not go any more. */
export const isOpenToOthers = ({ spec, observed }: Entity): boolean =>
  ![observed['foreign'], observed['of_others']].includes(true) && [spec['shared'], spec['is_default']].includes(true);
