import { RunEnded } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { Outgoing } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ReadinessRow } from '../readiness/readiness.row.ts';
import { PlanDrillRow } from './plan.row.ts';
import { lockedPlan } from './plans.ts';
import { verify } from './verification.ts';

/** A drill that went through to its end has verified the version that it went by, if that is still the newest. */
@Injectable()
export class HearDrills {
  async hear({ data }: Envelope, tx: EntityManager, out: Outgoing): Promise<void> {
    const { runId, outcome } = RunEnded.data.parse(data);
    const drill = await tx.findOneBy(PlanDrillRow, { runId });
    if (!drill || outcome === 'needs-operator') return;
    await tx.delete(PlanDrillRow, { runId });
    if (outcome !== 'completed') return;
    const { name, version, covers } = drill;
    const plan = await lockedPlan(tx, { name, version });
    if (!plan) return;
    // Which servers its waves found the next look says; it is at once.
    await tx.delete(ReadinessRow, { groupId: plan.groupId });
    await verify(tx, out, plan, { version, by: 'drill', runId, covers, at: new Date().toISOString() });
  }
}
