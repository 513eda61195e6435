import type { SagaEvent, SagaState } from '@lifeboat/saga-engine';
import { stepOf } from '@lifeboat/saga-engine';
import { observe, recordSpan } from '@lifeboat/telemetry';
import type { RunRow } from './run.rows.ts';

/**
 * Steps and runs as spans of the run's own trace, with the times that history says: they last longer than any process that works on them, so none
 * can hold them open.
 */
export function recordTimes(row: RunRow, after: SagaState, events: readonly SagaEvent[]): void {
  for (const event of events) {
    if (event.type === 'step-done' || event.type === 'step-failed') recordStep(row, after, event, 'do');
    if (event.type === 'undone' || event.type === 'undo-failed') recordStep(row, after, event, 'undo');
    if (event.type === 'ended') recordRun(row, after, event.at);
  }
}

function recordStep(
  row: RunRow,
  after: SagaState,
  event: Extract<SagaEvent, { readonly step: string }>,
  direction: 'do' | 'undo',
): void {
  const from = stepOf(after, event.step).attemptAt;
  if (from === undefined) return;
  observe('lifeboat_step_seconds', secondsBetween(from, event.at), {
    saga: row.name,
    step: kindOf(event.step),
    direction,
  });
  recordSpan(
    `${direction === 'do' ? 'step' : 'undo'} ${event.step}`,
    { 'lifeboat.run': row.runId, 'lifeboat.saga': row.name, 'lifeboat.step': event.step },
    { from: new Date(from), to: new Date(event.at) },
    { parent: row.traceparent, ...('error' in event && { error: event.error.message }) },
  );
}

function recordRun(row: RunRow, after: SagaState, endedAt: string): void {
  observe('lifeboat_run_seconds', secondsBetween(after.startedAt, endedAt), { saga: row.name, outcome: after.outcome });
  recordSpan(
    `run ${row.name}`,
    { 'lifeboat.run': row.runId, 'lifeboat.saga': row.name, 'lifeboat.outcome': after.outcome },
    { from: new Date(after.startedAt), to: new Date(endedAt) },
    { parent: row.traceparent, ...(after.error && { error: after.error.message }) },
  );
}

/** Rows that stand for each wave count as one: their names are their users' own. */
const kindOf = (step: string): string => step.replace(/ ".*/, '');

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1_000;
