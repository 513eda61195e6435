import type { RunDetail, RunKind, RunOutcome, RunStep, RunSummary, StepState as Shown } from '@lifeboat/contracts';
import type { ErrorDetails } from '@lifeboat/kernel';
import { replay, stagesOf, stepOf } from '@lifeboat/saga-engine';
import type { SagaDefinition, SagaEvent, StepPhase } from '@lifeboat/saga-engine';
import type { RunRow } from './run.rows.ts';

const SHOWN: Record<StepPhase, Shown> = {
  waiting: 'waiting',
  started: 'started',
  held: 'held',
  retrying: 'started',
  done: 'done',
  failed: 'failed',
  undoing: 'undoing',
  'undo-retrying': 'undoing',
  undone: 'undone',
  'undo-failed': 'undo-failed',
};

const brief = (error: ErrorDetails) => ({
  code: error.code,
  message: error.message,
  ...(error.mend !== undefined && { mend: error.mend }),
});

export const summaryOf = (row: RunRow): RunSummary => ({
  runId: row.runId,
  kind: row.name as RunKind,
  groupId: row.groupId,
  outcome: row.outcome as RunOutcome,
  startedAt: row.startedAt.toISOString(),
  ...(row.endedAt && { endedAt: row.endedAt.toISOString() }),
  ...(row.error && { error: brief(row.error) }),
  ...(row.traceparent && { traceId: row.traceparent.split('-')[1] ?? '' }),
});

export function detailOf(row: RunRow, definition: SagaDefinition, history: readonly SagaEvent[]): RunDetail {
  const state = replay(history);
  return {
    ...summaryOf(row),
    version: row.version,
    state: { ...state.data },
    left: [...state.left],
    acts: history.flatMap((one) =>
      one.type === 'operator-acted' ? [{ at: one.at, action: one.action, by: one.by }] : [],
    ),
    steps: stagesOf(definition, state.data)
      .flat()
      .map(({ name, pivot }): RunStep => {
        const step = stepOf(state, name);
        return {
          name,
          pivot,
          state: SHOWN[step.phase],
          attempts: step.attempt,
          ...(step.startedAt && { startedAt: step.startedAt }),
          ...(step.endedAt && { endedAt: step.endedAt }),
          ...(step.held && { held: step.held }),
          ...(step.error && { error: brief(step.error) }),
        };
      }),
  };
}
