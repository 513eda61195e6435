import type { Finding, GroupLease, Lease } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import type { GroupRow } from '../groups/group.row.ts';
import { PlanRow } from '../plans/plan.row.ts';
import { versionOf } from '../plans/plans.ts';
import { FenceLeaseRow, leaseOfAgent } from './fence-lease.row.ts';

/** Of the newest version of the group's plan. */
export async function plannedLease(tx: EntityManager, groupId: string): Promise<Lease | undefined> {
  const plan = await tx.findOneBy(PlanRow, { groupId });
  if (!plan) return undefined;
  const { document } = await versionOf(tx, plan.name, plan.version);
  return document.spec.fence?.find(({ lease }) => lease)?.lease;
}

/** Groups that have their primary there, and whose plan has a lease. */
export async function leasedGroups(tx: EntityManager, site: string): Promise<readonly string[]> {
  const rows: { groupId: string }[] = await tx.query(
    `select g.group_id as "groupId" from protection_group g join plan p using (group_id) join plan_version v on v.name = p.name and v.version = p.version
     where g.primary_site = $1 and jsonb_path_exists(v.document, '$.spec.fence[*].lease')`,
    [site],
  );
  return rows.map(({ groupId }) => groupId);
}

/** As the group shows it; `undefined` where its plan has none. */
export async function groupLease(
  tx: EntityManager,
  { groupId, primary: site }: Pick<GroupRow, 'groupId' | 'primary'>,
): Promise<GroupLease | undefined> {
  const lease = await plannedLease(tx, groupId);
  if (!lease) return undefined;
  const rows = await tx.find(FenceLeaseRow, { where: { groupId, site }, order: { agent: 'ASC' } });
  return { site, ttlSeconds: lease.ttl, agents: rows.map(leaseOfAgent) };
}

export interface LeaseFindings {
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** What stands in the way of relying on a lease, and what its agents have done. Pure. */
export function leaseFindings(groupId: string, lease: GroupLease | undefined): LeaseFindings {
  if (!lease) return { blockers: [], warnings: [] };
  const { site, agents } = lease;
  const where = `lease of group ${groupId} at ${site}`;
  const blockers = agents.some(({ heldSince }) => heldSince !== undefined) ? [] : [neverHeld(site, where)];
  const missed = agents
    .filter((one) => one.missed)
    .map((one): Finding => ({
      code: 'lease-not-renewed',
      where,
      message: `agent ${one.agent} has not renewed it since ${one.grantedAt}. If it lives, it has stopped the group's servers.`,
      mend: 'Look at fence-agent there, and at its way to NATS.',
    }));
  const fenced = agents
    .filter(({ stopped }) => stopped.length > 0)
    .map(({ agent, stopped }): Finding => ({
      code: 'stopped-by-agent',
      where,
      message: `agent ${agent} has stopped ${stopped.map(({ name, at }) => `${name} (${at})`).join(', ')}.`,
      mend: `Nobody starts them but you: "openstack --os-cloud ${site} server start ${stopped.map(({ id }) => id).join(' ')}".`,
    }));
  return { blockers, warnings: [...missed, ...fenced] };
}

const neverHeld = (site: string, where: string): Finding => ({
  code: 'lease-never-held',
  where,
  message: 'no agent has ever held it: a failover would be refused, since nothing fences the primary.',
  mend: `Run fence-agent at ${site}, or take the lease out of the plan's fence.`,
});
