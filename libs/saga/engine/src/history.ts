import type { ErrorDetails } from '@lifeboat/kernel';
import type { WhenOver, Word } from './definition.ts';

/** What happened to a saga, in order; plain JSON, append only, the only record there is. `at`: ISO 8601. */
export type SagaEvent =
  | { readonly type: 'started'; readonly at: string; readonly data: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'step-started';
      readonly at: string;
      readonly step: string;
      readonly attempt: number;
      readonly commandId: string;
    }
  | {
      readonly type: 'held';
      readonly at: string;
      readonly step: string;
      readonly word: Word;
      readonly until: string;
      readonly whenOver: WhenOver;
      readonly says?: string;
    }
  | {
      readonly type: 'step-done';
      readonly at: string;
      readonly step: string;
      readonly kept: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'step-failed';
      readonly at: string;
      readonly step: string;
      readonly error: ErrorDetails;
      readonly retryAt?: string;
    }
  | { readonly type: 'undo-began'; readonly at: string; readonly error: ErrorDetails }
  | { readonly type: 'superseded'; readonly at: string; readonly error: ErrorDetails }
  | {
      readonly type: 'undo-started';
      readonly at: string;
      readonly step: string;
      readonly attempt: number;
      readonly commandId: string;
    }
  | { readonly type: 'undone'; readonly at: string; readonly step: string }
  | {
      readonly type: 'undo-failed';
      readonly at: string;
      readonly step: string;
      readonly error: ErrorDetails;
      readonly retryAt?: string;
    }
  | {
      readonly type: 'operator-asked';
      readonly at: string;
      readonly error: ErrorDetails;
      readonly left: readonly string[];
    }
  | {
      readonly type: 'operator-acted';
      readonly at: string;
      readonly action: SteerAction;
      readonly by: string;
    }
  | { readonly type: 'ended'; readonly at: string; readonly outcome: 'completed' | 'undone' | 'given-up' };

export type SteerAction = 'abort' | 'retry' | 'give-up' | Word;

export type StepPhase =
  | 'waiting'
  | 'started'
  | 'held'
  | 'retrying'
  | 'done'
  | 'failed'
  | 'undoing'
  | 'undo-retrying'
  | 'undone'
  | 'undo-failed';

export interface StepState {
  readonly phase: StepPhase;
  readonly commandId?: string;
  readonly attempt: number;
  readonly undoAttempt: number;
  readonly startedAt?: string;
  /** When the present attempt began; time-outs count from here. */
  readonly attemptAt?: string;
  readonly endedAt?: string;
  readonly retryAt?: string;
  readonly error?: ErrorDetails;
  /** Of a hold: what ends it, until when it lasts, what follows then, and what is asked. */
  readonly held?: {
    readonly word: Word;
    readonly until: string;
    readonly whenOver: WhenOver;
    readonly says?: string;
  };
}

export interface SagaState {
  readonly outcome: 'running' | 'undoing' | 'needs-operator' | 'completed' | 'undone';
  readonly ended: boolean;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The start command's data and everything kept since. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly steps: Readonly<Record<string, StepState>>;
  /** Steps in the order they were first started. */
  readonly order: readonly string[];
  readonly error?: ErrorDetails;
  /** Why everything is undone; `error` may meanwhile say why that does not go on. */
  readonly why?: ErrorDetails;
  readonly left: readonly string[];
  /** What an operator's retry goes on with. */
  readonly resume: 'running' | 'undoing';
}

const FRESH: StepState = { phase: 'waiting', attempt: 0, undoAttempt: 0 };

export const emptySaga: SagaState = {
  outcome: 'running',
  ended: false,
  startedAt: '',
  data: {},
  steps: {},
  order: [],
  left: [],
  resume: 'running',
};

export const stepOf = (state: SagaState, name: string): StepState => state.steps[name] ?? FRESH;

const withStep = (state: SagaState, name: string, change: Partial<StepState>): SagaState => ({
  ...state,
  steps: { ...state.steps, [name]: { ...stepOf(state, name), ...change } },
});

/** The state after one more event. Pure; unknown to it is nothing: every event of every version is handled for ever. */
export function evolve(state: SagaState, event: SagaEvent): SagaState {
  switch (event.type) {
    case 'started':
      return { ...state, startedAt: event.at, data: event.data };
    case 'undo-began':
      return { ...state, outcome: 'undoing', resume: 'undoing', error: event.error, why: event.error };
    case 'superseded':
      return { ...state, why: event.error, ...(state.outcome === 'undoing' && { error: event.error }) };
    case 'operator-asked':
      return { ...state, outcome: 'needs-operator', error: event.error, left: event.left };
    case 'operator-acted':
      return event.action === 'retry' ? resumed(state) : state;
    case 'ended': {
      const outcome = event.outcome === 'given-up' ? 'needs-operator' : event.outcome;
      return { ...state, ended: true, endedAt: event.at, outcome };
    }
    case 'step-started':
      return begun(state, event);
    case 'held':
      return heldAt(state, event);
    case 'step-done':
      return withStep({ ...state, data: { ...state.data, ...event.kept } }, event.step, {
        phase: 'done',
        endedAt: event.at,
      });
    case 'step-failed':
      return withStep(state, event.step, { ...failure(event, 'retrying', 'failed'), endedAt: event.at });
    case 'undo-started':
      return withStep(state, event.step, {
        phase: 'undoing',
        undoAttempt: event.attempt,
        commandId: event.commandId,
        attemptAt: event.at,
      });
    case 'undone':
      return withStep(state, event.step, { phase: 'undone', endedAt: event.at });
    case 'undo-failed':
      return withStep(state, event.step, failure(event, 'undo-retrying', 'undo-failed'));
  }
}

type Event<T extends SagaEvent['type']> = Extract<SagaEvent, { readonly type: T }>;

function begun(state: SagaState, { step, at, attempt, commandId }: Event<'step-started'>): SagaState {
  const order = state.order.includes(step) ? state.order : [...state.order, step];
  const startedAt = stepOf(state, step).startedAt ?? at;
  return withStep({ ...state, order }, step, { phase: 'started', attempt, commandId, startedAt, attemptAt: at });
}

function heldAt(state: SagaState, { step, at, word, until, whenOver, says }: Event<'held'>): SagaState {
  const held = { word, until, whenOver, ...(says !== undefined && { says }) };
  return withStep(state, step, { phase: 'held', startedAt: at, held });
}

const failure = (
  { error, retryAt }: Event<'step-failed' | 'undo-failed'>,
  waiting: StepPhase,
  over: StepPhase,
): Partial<StepState> => ({ phase: retryAt ? waiting : over, error, ...(retryAt && { retryAt }) });

/** What was asked about is being mended: of the errors only the reason of an undo stays. */
function resumed(state: SagaState): SagaState {
  const { error: _mended, ...rest } = state;
  return { ...rest, outcome: state.resume, left: [], ...(state.why && { error: state.why }) };
}

export const replay = (history: readonly SagaEvent[]): SagaState => history.reduce(evolve, emptySaga);

/**
 * Ids of the commands that are to be sent again until they are answered. Not those of steps that are to be undone, answered or not: sent again after
 * the undo, they would do what was just undone.
 */
export const awaited = (state: SagaState): readonly string[] =>
  Object.values(state.steps).flatMap(({ phase, commandId }) =>
    commandId !== undefined && !state.ended && phase === (state.outcome === 'running' ? 'started' : 'undoing')
      ? [commandId]
      : [],
  );
