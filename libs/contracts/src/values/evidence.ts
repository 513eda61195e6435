import { z } from 'zod';
import { RunRequest } from './approval.ts';
import { Finding, Ref } from './common.ts';
import { HookResult, ProbeResult, RunPlan } from './plan.ts';
import { ServedByBoth } from './reprotect.ts';
import { FieldTotals, Loss, RunAct, RunStep, RunSummary } from './runs.ts';
import { SwitchResult } from './traffic.ts';

/** What is kept of a run for whoever asks later: an auditor, an insurer, oneself. */

/** A figure that a policy wants, and the one that a run got. Seconds. */
const Objective = z.object({ target: z.number().optional(), reached: z.number().optional() });

export const EvidenceRecord = z.object({
  run: RunSummary.extend({ version: z.number().int(), reason: z.string().optional() }),
  /** Absent where no person had asked for it. */
  request: RunRequest.optional(),
  acts: z.array(RunAct),
  /** By which version of its group's plan it went. */
  plan: RunPlan.optional(),
  point: z.string().optional(),
  primary: z.string().optional(),
  recovery: z.string().optional(),
  rpo: Objective,
  rto: Objective,
  loss: Loss.optional(),
  steps: z.array(RunStep),
  /** Of its waves, in the order in which they were asked. That one failed is its step's error. */
  probes: z.array(ProbeResult),
  /** Of an unplanned failover by a plan that names any: what says that the primary serves no more. */
  fenced: z.array(HookResult).optional(),
  /** Of a run that was committed: what led to the group, and leads to it now. */
  traffic: z.array(SwitchResult).optional(),
  /** Of a re-protection: what was still running at the site that the group had left. */
  servedByBoth: z.array(ServedByBoth).optional(),
  warnings: z.array(Finding),
  /** `digest`: SHA-256 of the whole receipt as canonical JSON, by which one that was kept elsewhere can be told to be this one. */
  receipt: z
    .object({ totals: FieldTotals, orphans: z.array(Ref), doubles: z.array(Ref), digest: z.string() })
    .optional(),
  /** Where all was removed again: how many objects were looked at, and which still bore the run's mark. */
  removal: z.object({ looked: z.number(), leaks: z.array(z.unknown()) }).optional(),
  /** What a run that was given up left behind. */
  left: z.array(z.string()),
});
export type EvidenceRecord = z.infer<typeof EvidenceRecord>;

/** A record in the chain. `digest` covers the record, its place and the digest before it: none can be changed, taken out or put in without all after it being others. */
export const Evidence = z.object({
  sequence: z.number().int(),
  recordedAt: z.string(),
  record: EvidenceRecord,
  /** The digest of the record before; empty for the first. */
  before: z.string(),
  digest: z.string(),
});
export type Evidence = z.infer<typeof Evidence>;
