import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref, Topology } from '../entity.ts';
import type { Rebuild } from '../run-state.ts';

/** Two clouds to try all types on. A spec writes one of these per kind of cloud. */
export interface EntityBench {
  readonly source: Cloud;
  readonly target: Cloud;
  /**
   * What the workload at the source is chosen by: it holds at least one entity of every registered type whose service the source has and which
   * these credentials may list, but for types that are only detected.
   */
  readonly roots: readonly Ref[];
  /** What of the source goes by another name at the target, as a group's mappings. */
  readonly mappings?: Rebuild['mappings'];
  /** Makes at the target what other services hand over, once: copies of volumes and images, by `kind/id` of the source. */
  provide(captured: Topology): Promise<ReadonlyMap<string, string>>;
  /** Has these servers of the target stand still, as those of a site that a group has left. */
  rest(serverIds: readonly string[]): Promise<void>;
  /** Every id in the target's project, of whatever kind, that a user could have made: `<kind> <id>`. */
  inventory(): Promise<readonly string[]>;
}
