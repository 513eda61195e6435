import type { SagaDefinition } from './definition.ts';
import type { SagaState } from './history.ts';
import { stepOf } from './history.ts';
import { stagesOf } from './stages.ts';

/** What time alone will bring about: `at` is ISO 8601, UTC. */
export type Due =
  | { readonly what: 'deadline'; readonly at: string }
  | { readonly what: 'time-out' | 'retry' | 'undo-retry' | 'hold-over'; readonly at: string; readonly step: string };

export const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

/** Whether the point of no return was reached: its command may have been sent, so what it does may have happened. */
export const pivoted = (definition: SagaDefinition, state: SagaState): boolean =>
  stagesOf(definition, state.data)
    .flat()
    .some((s) => s.pivot && stepOf(state, s.name).attempt > 0);

/** How long the run was held so far. */
const heldMs = (state: SagaState): number =>
  Object.values(state.steps).reduce(
    (sum, { held, startedAt, endedAt }) =>
      held && startedAt && endedAt ? sum + Date.parse(endedAt) - Date.parse(startedAt) : sum,
    0,
  );

/** All that a `tick` acts upon now or later, and nothing else: a runner that slept until the first of them would miss nothing. */
export function dues(definition: SagaDefinition, state: SagaState): readonly Due[] {
  const [running, undoing] = [state.outcome === 'running', state.outcome === 'undoing'];
  const found: Due[] = [];
  const isHeld = Object.values(state.steps).some(({ phase }) => phase === 'held');
  if (running && !isHeld && !pivoted(definition, state))
    found.push({ what: 'deadline', at: later(state.startedAt, definition.deadlineMs + heldMs(state)) });
  for (const { name, withinMs } of stagesOf(definition, state.data).flat()) {
    const { phase, retryAt, attemptAt, held } = stepOf(state, name);
    if (running && phase === 'held' && held) found.push({ what: 'hold-over', at: held.until, step: name });
    if (running && phase === 'started' && withinMs !== undefined && attemptAt)
      found.push({ what: 'time-out', at: later(attemptAt, withinMs), step: name });
    if (running && phase === 'retrying' && retryAt) found.push({ what: 'retry', at: retryAt, step: name });
    if (undoing && phase === 'undo-retrying' && retryAt) found.push({ what: 'undo-retry', at: retryAt, step: name });
  }
  return found;
}

/** When `tick` has something to do next (ISO 8601): retries, time-outs, the end of a hold, the deadline. */
export const nextDue = (definition: SagaDefinition, state: SagaState): string | undefined =>
  dues(definition, state)
    .map(({ at }) => at)
    .sort()[0];
