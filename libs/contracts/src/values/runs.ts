import { z } from 'zod';
import { Ref } from './common.ts';

/** Runs, and what they leave for people to read. */

export const RunKind = z.enum(['protect', 'drill', 'failover', 'failback', 'reprotect', 'cleanup', 'discard']);
export type RunKind = z.infer<typeof RunKind>;

export const FieldTotals = z.object({
  compared: z.number().int(),
  carried: z.number().int(),
  mapped: z.number().int(),
  dropped: z.number().int(),
  unexplained: z.number().int(),
});
export type FieldTotals = z.infer<typeof FieldTotals>;

export const ReceiptField = z.object({
  field: z.string(),
  outcome: z.enum(['carried', 'mapped', 'dropped', 'unexplained']),
  /** The rule by which it was mapped, or why it was dropped. */
  why: z.string().optional(),
  captured: z.json().optional(),
  recovered: z.json().optional(),
});

/** Field-by-field comparison of what was captured and what stands at the target. Secrets appear as digests only. */
export const Receipt = z.object({
  runId: z.string(),
  comparedAt: z.string(),
  totals: FieldTotals,
  entities: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      sourceId: z.string(),
      targetId: z.string().optional(),
      fields: z.array(ReceiptField),
    }),
  ),
  /** Bearing the run's mark, but not in its ledger. */
  orphans: z.array(Ref),
  /** Source entities for which more than one object bears the mark. */
  doubles: z.array(Ref),
});
export type Receipt = z.infer<typeof Receipt>;

export const LedgerEntry = z.object({
  kind: z.string(),
  sourceId: z.string(),
  targetId: z.string().optional(),
  how: z.string(),
  state: z.string(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const StepState = z.enum(['waiting', 'started', 'done', 'failed', 'undoing', 'undone', 'undo-failed']);
export type StepState = z.infer<typeof StepState>;

export const RunOutcome = z.enum(['running', 'undoing', 'completed', 'undone', 'needs-operator']);
export type RunOutcome = z.infer<typeof RunOutcome>;

export const SteerAction = z.enum(['abort', 'retry', 'give-up']);
export type SteerAction = z.infer<typeof SteerAction>;

const ErrorSummary = z.object({ code: z.string(), message: z.string(), mend: z.string().optional() });

export const RunSummary = z.object({
  runId: z.string(),
  kind: RunKind,
  groupId: z.string(),
  outcome: RunOutcome,
  startedAt: z.string(),
  endedAt: z.string().optional(),
  error: ErrorSummary.optional(),
  traceId: z.string().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunStep = z.object({
  name: z.string(),
  state: StepState,
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  attempts: z.number().int(),
  error: ErrorSummary.optional(),
  /** This step cannot be undone: from here the run only goes forward. */
  pivot: z.boolean(),
});
export type RunStep = z.infer<typeof RunStep>;

export const RunDetail = RunSummary.extend({
  version: z.number().int(),
  steps: z.array(RunStep),
  /** What the run knows: answers kept so far, without secrets. */
  state: z.record(z.string(), z.unknown()),
  /** What could not be undone, when the run needs an operator. */
  left: z.array(z.string()),
});
export type RunDetail = z.infer<typeof RunDetail>;
