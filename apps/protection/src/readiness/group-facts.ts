import type { CheckReadiness, InputOf } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { refuseFailedOver } from '../groups/hold.ts';
import { readPlannable } from '../points/plannable.ts';
import { newestServing } from '../points/points.ts';
import { scheduleOf } from '../points/rpo-plan.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import type { Known } from './assess.ts';

export interface GroupFacts extends Known {
  /** What a failover would rebuild, from where and to where; absent without a point. */
  readonly serving: InputOf<typeof CheckReadiness> | undefined;
}

/** What is known here of a group's readiness. */
export async function factsOf(tx: EntityManager, groupId: string): Promise<GroupFacts> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  if (!group) throw groupNotFound(groupId);
  refuseFailedOver(group);
  const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
  const point = await newestServing(tx, groupId);
  const [plannable] = await readPlannable(tx, { groupIds: [groupId] });
  return {
    groupId,
    point: point && { pointId: point.pointId, damage: point.damage },
    rpoRisk: plannable && scheduleOf(plannable, new Date())?.atRisk,
    rtoSeconds: policy?.rtoSeconds ?? null,
    paused: group.pausedAt !== null,
    serving: point?.metadata
      ? {
          groupId,
          source: group.primary,
          target: group.recovery,
          metadata: point.metadata,
          images: point.images,
          disks: point.disks,
          mappings: group.mappings,
        }
      : undefined,
  };
}
