import type { BundleSource } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { refuseFailedOver } from '../groups/hold.ts';
import { pointToServe } from '../points/points.ts';
import { planFacts } from '../readiness/group-facts.ts';

/** What would be recovered of a group, and by which plan: the newest point and version where none are named. Throws what a failover would be refused for here. */
export async function bundleSource(
  tx: EntityManager,
  groupId: string,
  named: { readonly pointId?: string | undefined; readonly planVersion?: number | undefined } = {},
): Promise<BundleSource> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  if (!group) throw groupNotFound(groupId);
  refuseFailedOver(group);
  const point = await pointToServe(tx, groupId, named.pointId);
  const { plan, mappings, waves, fence, traffic } = await planFacts(tx, group, named.planVersion);
  return {
    groupId,
    groupName: group.name,
    source: group.primary,
    target: group.recovery,
    pointId: point.pointId,
    requestedAt: point.requestedAt.toISOString(),
    consistency: point.consistency,
    metadata: point.metadata,
    images: point.images,
    disks: point.disks,
    mappings,
    ...(plan && { plan: { name: plan.name, version: plan.version } }),
    ...(waves && { waves }),
    ...(fence && { fence }),
    ...(traffic && { traffic }),
  };
}
