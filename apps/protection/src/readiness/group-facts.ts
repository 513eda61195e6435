import type { CheckReadiness, Fence, Finding, InputOf, Mappings, PlanWave, TrafficSwitch } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { BundleTryRow } from '../bundles/bundle.row.ts';
import { drillRisk } from '../drills/rehearsals.ts';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { refuseFailedOver } from '../groups/hold.ts';
import { groupLease, leaseFindings } from '../leases/group-lease.ts';
import { readPlannable } from '../points/plannable.ts';
import { newestServing } from '../points/points.ts';
import { scheduleOf } from '../points/rpo-plan.ts';
import { PlanRow } from '../plans/plan.row.ts';
import { findingsOf, mappingsBy, versionOf } from '../plans/plans.ts';
import type { Covers } from '../plans/standing.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { GroupStageRow } from '../staging/group-stage.row.ts';
import type { Known } from './assess.ts';

/** The plan that a failover would go by. */
export interface PlanFacts {
  readonly name: string;
  readonly version: number;
  /** Without what only the point can say. */
  readonly covers: Covers;
}

export interface GroupFacts extends Known {
  readonly plan: PlanFacts | undefined;
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
  const { plan, mappings, waves, traffic, fence, planWarnings } = await planFacts(tx, group);
  const [plannable] = await readPlannable(tx, { groupIds: [groupId] });
  return {
    groupId,
    point: point && { pointId: point.pointId, damage: point.damage },
    rpoRisk: plannable && scheduleOf(plannable, new Date())?.atRisk,
    rtoSeconds: policy?.rtoSeconds ?? null,
    drillRisk: await drillRisk(tx, group),
    paused: group.pausedAt !== null,
    planWarnings,
    bundleProblem: (await tx.findOneBy(BundleTryRow, { groupId }))?.problem ?? undefined,
    stagingProblem: (await tx.findOneBy(GroupStageRow, { groupId }))?.problem ?? undefined,
    lease: leaseFindings(groupId, await groupLease(tx, group)),
    plan,
    serving: point?.metadata
      ? {
          groupId,
          source: group.primary,
          target: group.recovery,
          metadata: point.metadata,
          images: point.images,
          disks: point.disks,
          mappings,
          ...(waves && { waves }),
          ...(traffic && { traffic }),
          ...(fence && { fence }),
        }
      : undefined,
  };
}

interface ByPlan {
  readonly plan?: PlanFacts;
  readonly mappings: Mappings;
  readonly waves?: PlanWave[];
  readonly traffic?: TrafficSwitch[];
  readonly fence?: Fence[];
  readonly planWarnings: readonly Finding[];
}

/** `version`: in place of the newest. */
export async function planFacts(tx: EntityManager, group: GroupRow, planVersion?: number): Promise<ByPlan> {
  const { groupId, members, mappings } = group;
  const row = await tx.findOneBy(PlanRow, { groupId });
  if (!row) return { mappings, planWarnings: [] };
  const found = await versionOf(tx, row.name, planVersion ?? row.version);
  const { name, version, document } = found;
  const by = mappingsBy(found, group);
  return {
    plan: { name, version, covers: { members, mappings, waves: null } },
    mappings: by.mappings,
    waves: document.spec.waves ?? [],
    ...(document.spec.traffic && { traffic: document.spec.traffic }),
    ...(document.spec.fence && { fence: document.spec.fence }),
    planWarnings: findingsOf(by),
  };
}
