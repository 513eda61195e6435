import { PlanChanged, PlanVerified } from '@lifeboat/contracts';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import type { PlanRow, Verified } from './plan.row.ts';
import { lockedPlan } from './plans.ts';
import { driftOf } from './standing.ts';
import type { Covers } from './standing.ts';

/** What a readiness check found of a plan. */
export interface Looked {
  readonly name: string;
  readonly version: number;
  /** `waves` is `null` when the recovery site did not answer. */
  readonly covers: Covers;
  /** Somebody asked for it, and there was no blocker. */
  readonly passed: boolean;
}

/**
 * A check that somebody asked for verifies; one of those that go on all day only finds that the plan covers something else by now, so that a person hears of it. Nothing is
 * learnt of a version that is not the newest any more.
 */
export async function learn(tx: EntityManager, out: Outgoing, looked: Looked): Promise<void> {
  const { name, version, covers } = looked;
  const plan = await lockedPlan(tx, { name, version });
  if (!plan) return;
  if (looked.passed) return verify(tx, out, plan, { version, by: 'readiness', covers, at: new Date().toISOString() });
  const { verified } = plan;
  if (verified?.version !== version || plan.drift !== null) return;
  const drift = driftOf(verified.covers, covers);
  if (drift !== undefined) {
    await tx.save(Object.assign(plan, { drift }));
    await out.emit(PlanChanged, { name, groupId: plan.groupId, version, what: 'drifted', why: drift });
  } else if (verified.covers.waves === null && covers.waves !== null)
    // Verified by a drill, which tells nobody here which servers it found.
    await tx.save(Object.assign(plan, { verified: { ...verified, covers } }));
}

export async function verify(tx: EntityManager, out: Outgoing, plan: PlanRow, verified: Verified): Promise<void> {
  const { name, groupId } = plan;
  await tx.save(Object.assign(plan, { verified, drift: null }));
  const { version, by, runId } = verified;
  await out.emit(PlanVerified, { name, groupId, version, by, ...(runId !== undefined && { runId }) });
}
