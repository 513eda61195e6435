import { z } from 'zod';
import { Ref } from './common.ts';

/** Runs, and what they leave for people to read. */

export const RunKind = z.enum([
  'protect',
  'drill',
  'failover',
  'planned-failover',
  'failback',
  'reprotect',
  'quarantine',
  'cleanup',
  'discard',
  'switch-traffic',
  'stage',
  'unstage',
  'adopt',
]);
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

export const StepState = z.enum(['waiting', 'started', 'held', 'done', 'failed', 'undoing', 'undone', 'undo-failed']);
export type StepState = z.infer<typeof StepState>;

/** The last three are of a run that was asked for and did not begin. */
export const RunOutcome = z.enum([
  'running',
  'undoing',
  'completed',
  'undone',
  'needs-operator',
  'awaiting-approval',
  'refused',
  'lapsed',
]);
export type RunOutcome = z.infer<typeof RunOutcome>;

/** `commit`, `end` and `go-on` are words to a run that is held: it waits for one of them. */
export const SteerAction = z.enum(['abort', 'retry', 'give-up', 'commit', 'end', 'go-on']);
export type SteerAction = z.infer<typeof SteerAction>;

/** Between the proof that all is there and the commit: so long somebody may look, commit or abort; `whenOver` happens when nobody did. */
export const CommitWindow = z.object({
  seconds: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 3600),
  whenOver: z.enum(['commit', 'roll-back']),
});
export type CommitWindow = z.infer<typeof CommitWindow>;

/** What a failover loses: whatever was written at the primary after `since`, the moment at which the first snapshot of the point was requested. */
export const Loss = z.object({
  since: z.string(),
  /** From `since` to the last proof that the primary lived: certainly lost. 0 where its servers were stopped before. */
  seconds: z.number(),
  provenUntil: z.string().optional(),
  /** From then on nobody looked: it may have lived, and written, until here and longer. Absent where nothing is lost. */
  unknownFrom: z.string().optional(),
  /** Newer points that are given up by serving from this one. */
  newerPoints: z.array(z.string()),
});
export type Loss = z.infer<typeof Loss>;

/** A week at most: a drill takes room. */
export const KeepForSeconds = z
  .number()
  .int()
  .min(1)
  .max(7 * 24 * 3600);

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
  /** The run stands still here, or did: what an operator says to go on, until when, and what follows when nobody does. */
  held: z
    .object({
      word: z.enum(['commit', 'end', 'go-on']),
      until: z.string(),
      whenOver: z.enum(['go on', 'undo']),
      /** What the operator is asked, where that is more than the step's name. */
      says: z.string().optional(),
    })
    .optional(),
});
export type RunStep = z.infer<typeof RunStep>;

/** What an operator said to a run. */
export const RunAct = z.object({ at: z.string(), action: SteerAction, by: z.string() });
export type RunAct = z.infer<typeof RunAct>;

export const RunDetail = RunSummary.extend({
  version: z.number().int(),
  steps: z.array(RunStep),
  acts: z.array(RunAct),
  /** What the run knows: answers kept so far, without secrets. */
  state: z.record(z.string(), z.unknown()),
  /** What could not be undone, when the run needs an operator. */
  left: z.array(z.string()),
});
export type RunDetail = z.infer<typeof RunDetail>;
