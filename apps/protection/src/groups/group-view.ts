import type { Group } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { undecidedRequests } from '../approvals/run-request.row.ts';
import type { RunRequestRow } from '../approvals/run-request.row.ts';
import { drillsOf } from '../drills/rehearsals.ts';
import { groupLease } from '../leases/group-lease.ts';
import { planOfGroup } from '../plans/plans.ts';
import { readPlannable } from '../points/plannable.ts';
import { PointRow } from '../points/point.row.ts';
import { scheduleOf } from '../points/rpo-plan.ts';
import { stagingOf } from '../staging/staging-of.ts';
import { lastCommitment } from './commitments.ts';
import type { CommitmentRow } from './commitments.ts';
import type { GroupRow } from './group.row.ts';

/** A group as it is shown, with its newest sealed point and its schedule. */
export async function groupView(tx: EntityManager, row: GroupRow): Promise<Group> {
  const last = await tx.findOne(PointRow, {
    where: { groupId: row.groupId, state: 'sealed', former: false },
    order: { requestedAt: 'DESC' },
  });
  const now = new Date();
  const [plannable] = await readPlannable(tx, { groupIds: [row.groupId] });
  const plan = await planOfGroup(tx, row);
  const drills = await drillsOf(tx, row);
  const awaiting = await undecidedRequests(tx, row.groupId);
  const staging = row.state === 'failed-over' ? undefined : await stagingOf(tx, row.groupId);
  const left = row.state === 'failed-over' ? await lastCommitment(tx, row.groupId) : undefined;
  const lease = row.state === 'failed-over' ? undefined : await groupLease(tx, row);
  const schedule = plannable && row.state !== 'failed-over' ? scheduleOf(plannable, now) : undefined;
  return {
    groupId: row.groupId,
    name: row.name,
    primary: row.primary,
    recovery: row.recovery,
    policy: row.policy,
    members: row.members,
    mappings: row.mappings,
    state: row.state,
    ...(row.heldBy !== null && { heldBy: row.heldBy }),
    ...(last?.requestedAt && {
      lastPoint: {
        pointId: last.pointId,
        requestedAt: last.requestedAt.toISOString(),
        ageSeconds: (now.getTime() - last.requestedAt.getTime()) / 1000,
      },
    }),
    ...(row.pausedAt && { paused: { since: row.pausedAt.toISOString(), reason: row.pausedFor ?? '' } }),
    ...(schedule && { schedule }),
    ...(plan && { plan }),
    ...(drills && { drills }),
    ...(staging && { staging }),
    ...(lease && { lease }),
    ...(left && { formerPrimary: formerPrimaryOf(left) }),
    ...(awaiting.length > 0 && { awaitingApproval: awaiting.map(awaitingOf) }),
  };
}

const formerPrimaryOf = ({ from, committedAt, unplanned, quarantinedBy }: CommitmentRow): Group['formerPrimary'] => ({
  site: from,
  leftAt: committedAt.toISOString(),
  unplanned,
  ...(quarantinedBy !== null && { quarantinedBy }),
});

const awaitingOf = ({
  runId,
  kind,
  request: { by, approval },
}: RunRequestRow): NonNullable<Group['awaitingApproval']>[number] => ({
  runId,
  kind,
  ...(by !== undefined && { by }),
  lapsesAt: approval.lapsesAt,
});
