import { deterministicId, LifeboatError, timedOut } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { SagaDefinition, Sending, Step } from './definition.ts';
import type { SagaEvent, SagaState } from './history.ts';
import { emptySaga, evolve, stepOf } from './history.ts';

export type SagaInput =
  | { readonly type: 'start'; readonly data: Readonly<Record<string, unknown>> }
  | { readonly type: 'answer'; readonly commandId: string; readonly data: unknown }
  | { readonly type: 'failure'; readonly commandId: string; readonly error: ErrorDetails }
  | { readonly type: 'tick' }
  | { readonly type: 'steer'; readonly action: 'abort' | 'retry' | 'give-up'; readonly by: string };

/** A command to be sent, under an id that stays the same however often it is sent. */
export interface Outgoing extends Sending {
  readonly id: string;
  readonly step: string;
}

export interface Decision {
  readonly events: readonly SagaEvent[];
  readonly commands: readonly Outgoing[];
}

const NOTHING: Decision = { events: [], commands: [] };
const UNDO_RETRY = { times: 5, everyMs: 2_000 } as const;

/**
 * What follows from an input: events to be stored and commands to be sent, in one transaction. Pure: no clock, no chance, no I/O. Late, repeated
 * and unknown answers change nothing.
 */
export function decide(
  saga: { readonly id: string; readonly definition: SagaDefinition },
  state: SagaState,
  input: SagaInput,
  now: string,
): Decision {
  if (state.ended || (input.type === 'start') !== (state === emptySaga)) return NOTHING;
  const turn = new Turn(saga.id, saga.definition, state, now);
  switch (input.type) {
    case 'start':
      turn.add({ type: 'started', at: now, data: input.data });
      break;
    case 'answer':
      turn.answered(input.commandId, input.data);
      break;
    case 'failure':
      turn.failed(input.commandId, input.error);
      break;
    case 'tick':
      turn.tick();
      break;
    case 'steer':
      turn.steer(input.action, input.by);
      break;
  }
  turn.goOn();
  return turn.decision;
}

/** When `tick` has something to do next (ISO 8601): retries, time-outs, the deadline. */
export function nextDue(definition: SagaDefinition, state: SagaState): string | undefined {
  if (state.ended || state.outcome === 'needs-operator') return undefined;
  const due =
    state.outcome === 'running' && !pivoted(definition, state) ? [later(state.startedAt, definition.deadlineMs)] : [];
  for (const step of definition.stages.flat()) {
    const { phase, retryAt, attemptAt } = stepOf(state, step.name);
    if ((phase === 'retrying' || phase === 'undo-retrying') && retryAt) due.push(retryAt);
    if (phase === 'started' && step.withinMs !== undefined && attemptAt) due.push(later(attemptAt, step.withinMs));
  }
  return due.sort()[0];
}

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
const pivoted = (definition: SagaDefinition, state: SagaState): boolean =>
  definition.stages.flat().some((s) => s.pivot && stepOf(state, s.name).attempt > 0);

/** One input's consequences, gathered event by event; each event is evolved at once, so that what follows is decided on what is so by then. */
class Turn {
  private readonly events: SagaEvent[] = [];
  private readonly commands: Outgoing[] = [];

  constructor(
    private readonly id: string,
    private readonly definition: SagaDefinition,
    private state: SagaState,
    private readonly now: string,
  ) {}

  get decision(): Decision {
    return { events: this.events, commands: this.commands };
  }

  add(event: SagaEvent): void {
    this.events.push(event);
    this.state = evolve(this.state, event);
  }

  answered(commandId: string, data: unknown): void {
    const step = this.waitingFor(commandId);
    if (!step) return;
    if (stepOf(this.state, step.name).phase === 'undoing') this.add({ type: 'undone', at: this.now, step: step.name });
    else this.add({ type: 'step-done', at: this.now, step: step.name, kept: { ...step.keep?.(data as never) } });
  }

  failed(commandId: string, error: ErrorDetails): void {
    const step = this.waitingFor(commandId);
    if (!step) return;
    const { phase, attempt, undoAttempt } = stepOf(this.state, step.name);
    const undoing = phase === 'undoing';
    const retry = undoing ? UNDO_RETRY : step.retry;
    const tries = undoing ? undoAttempt : attempt;
    const again =
      retry &&
      tries <= retry.times &&
      LifeboatError.fromJSON(error).retryable &&
      (undoing || this.state.outcome === 'running');
    this.add({
      type: undoing ? 'undo-failed' : 'step-failed',
      at: this.now,
      step: step.name,
      error,
      ...(again && { retryAt: later(this.now, retry.everyMs) }),
    });
  }

  tick(): void {
    const due = (at: string | undefined): boolean => at !== undefined && at <= this.now;
    for (const step of this.definition.stages.flat()) {
      const { phase, attemptAt, retryAt } = stepOf(this.state, step.name);
      if (phase === 'started' && step.withinMs !== undefined && attemptAt && due(later(attemptAt, step.withinMs)))
        this.add({
          type: 'step-failed',
          at: this.now,
          step: step.name,
          error: late(`"${step.name}" gave no answer in ${step.withinMs / 1_000} s.`),
        });
      if (phase === 'retrying' && due(retryAt) && this.state.outcome === 'running') this.start(step);
      if (phase === 'undo-retrying' && due(retryAt)) this.startUndo(step);
    }
    if (
      this.state.outcome === 'running' &&
      !pivoted(this.definition, this.state) &&
      due(later(this.state.startedAt, this.definition.deadlineMs))
    )
      this.add({
        type: 'undo-began',
        at: this.now,
        error: late(`The run was not over after ${this.definition.deadlineMs / 1_000} s.`),
      });
  }

  steer(action: 'abort' | 'retry' | 'give-up', by: string): void {
    const waits = this.state.outcome === 'needs-operator';
    if (action === 'abort' && this.state.outcome === 'running' && !pivoted(this.definition, this.state)) {
      this.add({ type: 'operator-acted', at: this.now, action, by });
      this.add({
        type: 'undo-began',
        at: this.now,
        error: { kind: 'conflict', code: 'run-aborted', message: `The run was aborted by ${by}.` },
      });
    }
    if (action === 'retry' && waits) {
      this.add({ type: 'operator-acted', at: this.now, action, by });
      for (const step of this.definition.stages.flat()) {
        const { phase } = stepOf(this.state, step.name);
        if (phase === 'failed' && this.state.outcome === 'running') this.start(step);
        if (phase === 'undo-failed') this.startUndo(step);
      }
    }
    if (action === 'give-up' && waits) {
      this.add({ type: 'operator-acted', at: this.now, action, by });
      this.add({ type: 'ended', at: this.now, outcome: 'given-up' });
    }
  }

  /** Whatever can begin now begins. */
  goOn(): void {
    if (this.state.outcome === 'running') this.forward();
    if (this.state.outcome === 'undoing') this.backward();
  }

  private forward(): void {
    const steps = this.definition.stages.flat();
    const broken = steps.find((s) => stepOf(this.state, s.name).phase === 'failed');
    if (broken) return this.brokenAt(broken, steps);
    for (const stage of this.definition.stages) {
      for (const step of stage) if (stepOf(this.state, step.name).phase === 'waiting') this.start(step);
      if (stage.some((s) => stepOf(this.state, s.name).phase !== 'done')) return;
    }
    this.add({ type: 'ended', at: this.now, outcome: 'completed' });
  }

  private brokenAt(broken: Step, steps: readonly Step[]): void {
    // Steps side by side are waited for: an undo must not overtake what it undoes.
    if (steps.some((s) => ['started', 'retrying'].includes(stepOf(this.state, s.name).phase))) return;
    const error = stepOf(this.state, broken.name).error ?? late(`"${broken.name}" failed.`);
    if (pivoted(this.definition, this.state))
      return this.add({ type: 'operator-asked', at: this.now, error, left: [broken.name] });
    this.add({ type: 'undo-began', at: this.now, error });
  }

  /** Undoes what was started, answered or not, one step at a time, the last started first. */
  private backward(): void {
    for (const name of [...this.state.order].reverse()) {
      const step = this.definition.stages.flat().find((s) => s.name === name);
      const { phase } = stepOf(this.state, name);
      if (!step?.undo || phase === 'undone') continue;
      if (phase === 'undoing' || phase === 'undo-retrying') return;
      if (phase === 'undo-failed') return this.askAboutUndo(name);
      return this.startUndo(step);
    }
    this.add({ type: 'ended', at: this.now, outcome: 'undone' });
  }

  private askAboutUndo(name: string): void {
    const left = this.definition.stages
      .flat()
      .filter((s) => s.undo && !['waiting', 'undone'].includes(stepOf(this.state, s.name).phase))
      .map((s) => s.name);
    this.add({
      type: 'operator-asked',
      at: this.now,
      error: stepOf(this.state, name).error ?? late(`"${name}" could not be undone.`),
      left,
    });
  }

  private start(step: Step): void {
    const attempt = stepOf(this.state, step.name).attempt + 1;
    const commandId = deterministicId(this.id, step.name, 'do', String(attempt));
    this.add({ type: 'step-started', at: this.now, step: step.name, attempt, commandId });
    this.commands.push({ ...step.send(this.state.data as never), id: commandId, step: step.name });
  }

  private startUndo(step: Step): void {
    if (!step.undo) return;
    const attempt = stepOf(this.state, step.name).undoAttempt + 1;
    const commandId = deterministicId(this.id, step.name, 'undo', String(attempt));
    this.add({ type: 'undo-started', at: this.now, step: step.name, attempt, commandId });
    this.commands.push({ ...step.undo(this.state.data as never), id: commandId, step: step.name });
  }

  private waitingFor(commandId: string): Step | undefined {
    return this.definition.stages.flat().find((s) => {
      const { phase, commandId: id } = stepOf(this.state, s.name);
      return id === commandId && (phase === 'started' || phase === 'undoing');
    });
  }
}

const late = (message: string): ErrorDetails => timedOut('run-too-late', message).toJSON();
