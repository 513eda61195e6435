import type { Entity, Topology } from '@lifeboat/openstack-entity-api';

/** Said of what a drill has no use for, or must not have. */
export const NO_WAY_OUT = 'a drill has no way outside';
export const NOT_SHARED = 'a drill shares nothing';
export const NO_POOL = 'a drill takes no range from a pool, which a failover beside it may need';

/** What stands in for others' things in a drill has another name, so that no run that maps by name finds it. */
export const standInName = (name: string): string => `${name} (drill)`;
export const STAND_IN = 'a drill has a stand-in of its own for it';

/** A network of others that nothing of the workload is on: it is only the way out. */
export const isOnlyWayOut = (network: Entity, all: Topology): boolean =>
  network.observed['foreign'] === true &&
  !all.referringTo(network).some(({ kind }) => kind === 'port' || kind === 'router-interface');
