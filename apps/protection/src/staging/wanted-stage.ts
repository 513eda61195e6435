import type { Mappings } from '@lifeboat/contracts';
import { canonicalJson } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import { homeOf } from '../groups/commitments.ts';
import type { GroupRow } from '../groups/group.row.ts';
import { newestServing } from '../points/points.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { planFacts } from '../readiness/group-facts.ts';
import type { Wanted } from './staging-due.ts';

/** What would be staged of a group now. */
export interface StageSource {
  readonly pointId: string;
  readonly metadata: string;
  readonly mappings: Mappings;
}

/**
 * How a group's policy wants it staged, and from what. On its way home it is cold whatever the policy says: there its originals stand, which come back, and hold
 * the addresses that anything staged would need.
 */
export async function wantedStage(
  tx: EntityManager,
  group: GroupRow,
): Promise<{ readonly wanted: Wanted; readonly source?: StageSource }> {
  const { groupId, recovery: site } = group;
  const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
  if (policy?.staging !== 'warm' || (await homeOf(tx, groupId)) === site) return { wanted: 'cold' };
  const point = await newestServing(tx, groupId);
  if (!point?.metadata) return { wanted: { site } };
  const { plan, mappings } = await planFacts(tx, group);
  // A run that has held the group may have taken up what stood there, and put it back by now.
  const what = [point.pointId, group.fenceToken, plan?.name, plan?.version, canonicalJson(mappings)].join(' ');
  return { wanted: { site, what }, source: { pointId: point.pointId, metadata: point.metadata, mappings } };
}
