import type { Readiness } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { refuseFailedOver } from '../groups/hold.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { ReadinessRow } from './readiness.row.ts';

/** As it was found last; `undefined` when nobody has looked yet. */
export async function readinessOf(tx: EntityManager, groupId: string): Promise<Readiness | undefined> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  if (!group) throw groupNotFound(groupId);
  refuseFailedOver(group);
  const row = await tx.findOneBy(ReadinessRow, { groupId });
  if (!row) return undefined;
  const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
  return {
    groupId,
    checkedAt: row.checkedAt.toISOString(),
    score: row.score,
    blockers: row.blockers,
    warnings: row.warnings,
    ...(row.pointId !== null && { pointId: row.pointId }),
    ...(row.forecast && { forecast: row.forecast }),
    ...(policy?.rtoSeconds && { rtoSeconds: policy.rtoSeconds }),
  };
}
