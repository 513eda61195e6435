import type { DrillSchedule, GroupDrills } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { PolicyRow } from '../policies/policy.row.ts';
import type { GroupRow } from '../groups/group.row.ts';
import { nextDrillAt, overdue } from './due-drills.ts';
import type { Rehearsable } from './due-drills.ts';
import { GroupDrillRow } from './group-drill.row.ts';

const NOT_YET = { provenAt: null, failedAt: null };

/** Groups whose policy wants drills: all, or the one named. */
export const readRehearsable = (tx: EntityManager, groupId?: string): Promise<readonly Rehearsable[]> =>
  tx.query(
    `select g.group_id as "groupId", p.drills, d.proven_at as "provenAt", d.failed_at as "failedAt",
       (g.held_by is not null or g.paused_at is not null
         or exists (select from point_pin n where n.group_id = g.group_id and n.rehearsal)
         or not exists (select from recovery_point r
           where r.group_id = g.group_id and r.state = 'sealed' and not r.former and r.damage is null)) as idle
     from protection_group g join policy p on p.name = g.policy left join group_drill d on d.group_id = g.group_id
     where p.drills is not null and g.state = 'protected' and ($1::text is null or g.group_id = $1)`,
    [groupId ?? null],
  );

/** As it is shown; `undefined` where it was never rehearsed, and need not be. */
export async function drillsOf(
  tx: EntityManager,
  { groupId, policy, state }: GroupRow,
): Promise<GroupDrills | undefined> {
  const row = await tx.findOneBy(GroupDrillRow, { groupId });
  const drills = await scheduleOf(tx, policy);
  if (!row && !drills) return undefined;
  return {
    ...(row?.provenAt && { provenAt: row.provenAt.toISOString() }),
    ...(row?.failedAt && { failed: { runId: row.runId, at: row.failedAt.toISOString() } }),
    ...(drills && state === 'protected' && { nextAt: nextDrillAt(drills, row ?? NOT_YET).toISOString() }),
  };
}

/** What should be said of a group that was not rehearsed as its policy wants. */
export async function drillRisk(tx: EntityManager, { groupId, policy }: GroupRow): Promise<string | undefined> {
  const drills = await scheduleOf(tx, policy);
  if (!drills) return undefined;
  const row = await tx.findOneBy(GroupDrillRow, { groupId });
  const [first]: { at: Date | null }[] = await tx.query(
    `select min(sealed_at) as at from recovery_point where group_id = $1 and sealed_at is not null and not former`,
    [groupId],
  );
  const now = new Date();
  return overdue(drills, row ?? NOT_YET, first?.at ?? now, now);
}

const scheduleOf = async (tx: EntityManager, policy: string): Promise<DrillSchedule | null> =>
  (await tx.findOneBy(PolicyRow, { name: policy }))?.drills ?? null;
