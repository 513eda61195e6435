import type { Home } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { PlanRow } from '../plans/plan.row.ts';
import { versionOf } from '../plans/plans.ts';
import { PointRow } from '../points/point.row.ts';
import { policyOf, PolicyRow } from '../policies/policy.row.ts';

/** All that is kept here of a group, for an instance that is to know it again; `points`: those that are sealed, newest first. */
export async function homeOf(
  tx: EntityManager,
  groupId: string,
): Promise<{ readonly home: Home; readonly points: string[] }> {
  const row = await tx.findOneBy(GroupRow, { groupId });
  if (!row) throw groupNotFound(groupId);
  const { name, primary, recovery, policy: policyName, members, mappings, pausedAt, pausedFor } = row;
  const { setAt: _at, setBy: _by, ...policy } = policyOf(await tx.findOneByOrFail(PolicyRow, { name: policyName }));
  const plan = await planIn(tx, groupId);
  const points = await tx.find(PointRow, {
    where: { groupId, state: 'sealed', former: false },
    order: { requestedAt: 'DESC' },
  });
  return {
    home: {
      group: { groupId, name, primary, recovery, policy: policyName, members, mappings },
      ...(pausedAt && { paused: { since: pausedAt.toISOString(), reason: pausedFor ?? '' } }),
      policy,
      ...(plan && { plan }),
    },
    points: points.map(({ pointId }) => pointId),
  };
}

async function planIn(tx: EntityManager, groupId: string): Promise<Home['plan']> {
  const row = await tx.findOneBy(PlanRow, { groupId });
  if (!row) return undefined;
  const { name, version, primary, text, appliedBy, appliedAt } = await versionOf(tx, row.name, row.version);
  return { name, version, primary, text, appliedBy, appliedAt: appliedAt.toISOString() };
}
