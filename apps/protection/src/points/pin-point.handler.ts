import { PinPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, Fence, Mappings, PlanWave, RunPlan, TrafficSwitch } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import { MoreThan } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { GroupRow } from '../groups/group.row.ts';
import { lockedGroup } from '../groups/groups.ts';
import { refuseInUse } from '../groups/hold.ts';
import { mappingsBy, versionOf } from '../plans/plans.ts';
import { SiteRow } from '../sites/site.row.ts';
import { lossOf } from './loss.ts';
import { PinRow, PointRow } from './point.row.ts';
import { pointToServe } from './points.ts';

@HandlesCommand(PinPoint)
export class PinPointHandler implements DecidingHandler<typeof PinPoint> {
  async decide(data: DataOf<typeof PinPoint>, tx: EntityManager): Promise<AnswerOf<typeof PinPoint>> {
    const group = await lockedGroup(tx, data.groupId);
    // A run that has taken the group since the drill was asked for has told drills to go already, and would not see this one.
    if (data.rehearsal) refuseInUse(group);
    const already = await tx.findOneBy(PinRow, { runId: data.runId });
    const point = await pointToServe(tx, data.groupId, already?.pointId ?? data.pointId);
    const { pointId } = point;
    if (!already) await tx.insert(PinRow, { runId: data.runId, pointId, groupId: data.groupId, rehearsal: false });
    const primary = await tx.findOneBy(SiteRow, { name: group.primary });
    const newer = await tx.findBy(PointRow, {
      groupId: data.groupId,
      state: 'sealed',
      former: false,
      requestedAt: MoreThan(point.requestedAt),
    });
    const loss = lossOf({
      requestedAt: point.requestedAt,
      lastProofOfLife: primary?.lastSeenAt ?? null,
      sourceStopped: data.sourceStopped ?? false,
      newerPoints: newer.map((one) => one.pointId),
    });
    return {
      groupId: data.groupId,
      runId: data.runId,
      pointId,
      primary: group.primary,
      recovery: group.recovery,
      metadata: point.metadata,
      images: point.images,
      disks: point.disks,
      ...(await plannedBy(tx, data.plan, group)),
      requestedAt: point.requestedAt.toISOString(),
      consistency: point.consistency,
      rpoSeconds: loss.seconds,
      loss,
    };
  }
}

/** By the version that the run was started with, whatever became of the plan since. */
async function plannedBy(
  tx: EntityManager,
  plan: RunPlan | undefined,
  group: GroupRow,
): Promise<{ mappings: Mappings; planWaves?: PlanWave[]; planTraffic?: TrafficSwitch[]; planFence?: Fence[] }> {
  if (!plan) return { mappings: group.mappings };
  const version = await versionOf(tx, plan.name, plan.version);
  const { spec } = version.document;
  const waves = (spec.waves ?? []).map(({ prompt, ...wave }) =>
    plan.skipPrompts ? wave : { ...wave, ...(prompt !== undefined && { prompt }) },
  );
  return {
    mappings: mappingsBy(version, group).mappings,
    planWaves: waves,
    ...(spec.traffic && { planTraffic: spec.traffic }),
    ...(spec.fence && !plan.unfenced && { planFence: spec.fence }),
  };
}
