import { deterministicId, LifeboatError, timedOut } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { Hold, Row, SagaDefinition, Sending, Step } from './definition.ts';
import { isSuperseded, superseded } from './definition.ts';
import type { Due } from './due.ts';
import { dues, later, pivoted } from './due.ts';
import type { SagaEvent, SagaState, SteerAction, StepPhase } from './history.ts';
import { evolve, stepOf } from './history.ts';
import { stagesOf } from './stages.ts';

/** A command to be sent, under an id that stays the same however often it is sent. */
export interface Outgoing extends Sending {
  readonly id: string;
  readonly step: string;
}

const UNDO_RETRY = { times: 5, everyMs: 2_000 } as const;
const UNDER_WAY: readonly StepPhase[] = ['started', 'retrying'];

/** One input's consequences, gathered event by event; each event is evolved at once, so that what follows is decided on what is so by then. */
export class Turn {
  private readonly events: SagaEvent[] = [];
  private readonly commands: Outgoing[] = [];

  constructor(
    private readonly id: string,
    private readonly definition: SagaDefinition,
    private state: SagaState,
    private readonly now: string,
  ) {}

  get decision(): { readonly events: readonly SagaEvent[]; readonly commands: readonly Outgoing[] } {
    return { events: this.events, commands: this.commands };
  }

  add(event: SagaEvent): void {
    this.events.push(event);
    this.state = evolve(this.state, event);
  }

  answered(commandId: string, data: unknown): void {
    const step = this.waitingFor(commandId);
    if (!step) return;
    if (this.phase(step.name) === 'undoing') this.add({ type: 'undone', at: this.now, step: step.name });
    else this.add({ type: 'step-done', at: this.now, step: step.name, kept: { ...step.keep?.(data as never) } });
  }

  failed(commandId: string, error: ErrorDetails): void {
    const step = this.waitingFor(commandId);
    if (step) this.failedAt(step, error);
  }

  tick(): void {
    const now = dues(this.definition, this.state).filter(({ at }) => at <= this.now);
    const deadline = now.find(({ what }) => what === 'deadline');
    // What else is due is undone with the rest: nothing is begun in a run that is over.
    if (deadline) return this.undoAll(late(`The run was not over after ${this.definition.deadlineMs / 1_000} s.`));
    const { outcome } = this.state;
    for (const due of now) if (this.state.outcome === outcome) this.actOn(due);
  }

  steer(action: SteerAction, by: string): void {
    const waits = this.state.outcome === 'needs-operator';
    const acted = { type: 'operator-acted', at: this.now, action, by } as const;
    if (action === 'abort' && this.undoable) {
      this.add(acted);
      this.undoAll({ kind: 'conflict', code: 'run-aborted', message: `The run was aborted by ${by}.` });
    }
    if (action === 'retry' && waits) {
      this.add(acted);
      for (const step of this.steps) {
        if (this.phase(step.name) === 'failed' && this.state.outcome === 'running') this.begin(step);
        if (this.phase(step.name) === 'undo-failed') this.startUndo(step);
      }
    }
    const held = this.heldFor(action);
    if (held) {
      this.add(acted);
      this.goOnFrom(held);
    }
    if (action === 'give-up' && waits) {
      this.add(acted);
      this.add({ type: 'ended', at: this.now, outcome: 'given-up' });
    }
  }

  /** A run that is being undone already goes on with that, but its undos know from now on that another has taken its place. */
  superseded(by: string): void {
    const { resume, why } = this.state;
    const error = superseded(by);
    if (this.undoable) this.undoAll(error);
    else if (resume === 'undoing' && why && !isSuperseded(why)) this.add({ type: 'superseded', at: this.now, error });
  }

  /** Whatever can begin now begins. */
  goOn(): void {
    if (this.state.outcome === 'running') this.forward();
    if (this.state.outcome === 'undoing') this.backward();
  }

  /** By what is kept now: an answer may bring a list that rows stand for. */
  private get stages(): readonly (readonly Row[])[] {
    return stagesOf(this.definition, this.state.data);
  }

  private get steps(): readonly Row[] {
    return this.stages.flat();
  }

  private get undoable(): boolean {
    return this.state.outcome === 'running' && !pivoted(this.definition, this.state);
  }

  private phase(step: string): StepPhase {
    return stepOf(this.state, step).phase;
  }

  private undoAll(error: ErrorDetails): void {
    this.add({ type: 'undo-began', at: this.now, error });
  }

  private actOn(due: Due): void {
    const step = this.steps.find((s) => 'step' in due && s.name === due.step);
    if (!step) return;
    if (due.what === 'hold-over') this.holdIsOver(step);
    if (due.what === 'time-out')
      this.failedAt(step, late(`"${step.name}" gave no answer in ${(step.withinMs ?? 0) / 1_000} s.`));
    if (due.what === 'retry') this.begin(step);
    if (due.what === 'undo-retry') this.startUndo(step);
  }

  private failedAt(step: Row, error: ErrorDetails): void {
    const { phase, attempt, undoAttempt } = stepOf(this.state, step.name);
    const undoing = phase === 'undoing';
    const retry = undoing ? UNDO_RETRY : step.retry;
    const tries = undoing ? undoAttempt : attempt;
    const wanted = undoing || this.state.outcome === 'running';
    const again = retry && tries <= retry.times && wanted && LifeboatError.fromJSON(error).retryable;
    this.add({
      type: undoing ? 'undo-failed' : 'step-failed',
      at: this.now,
      step: step.name,
      error,
      ...(again && { retryAt: later(this.now, retry.everyMs) }),
    });
  }

  private forward(): void {
    const broken = this.steps.filter((s) => this.phase(s.name) === 'failed');
    if (broken.length > 0) return this.brokenAt(broken.map((s) => s.name));
    for (const stage of this.stages) {
      for (const step of stage) if (this.phase(step.name) === 'waiting') this.begin(step);
      if (stage.some((s) => this.phase(s.name) !== 'done')) return;
    }
    this.add({ type: 'ended', at: this.now, outcome: 'completed' });
  }

  private brokenAt(broken: readonly string[]): void {
    // Steps side by side are waited for: an undo must not overtake what it undoes.
    if (this.steps.some((s) => UNDER_WAY.includes(this.phase(s.name)))) return;
    const error = this.errorOf(broken[0] ?? '');
    if (this.undoable) this.undoAll(error);
    else this.add({ type: 'operator-asked', at: this.now, error, left: broken });
  }

  /** Undoes what was started, answered or not, one step at a time, the last started first. */
  private backward(): void {
    for (const name of [...this.state.order].reverse()) {
      const step = this.steps.find((s) => s.name === name);
      const phase = this.phase(name);
      if (!step?.undo || phase === 'undone') continue;
      if (phase === 'undoing' || phase === 'undo-retrying') return;
      if (phase === 'undo-failed') return this.askAboutUndo(name);
      return this.startUndo(step);
    }
    this.add({ type: 'ended', at: this.now, outcome: 'undone' });
  }

  private askAboutUndo(name: string): void {
    const left = this.steps.filter((s) => s.undo && !['waiting', 'undone'].includes(this.phase(s.name)));
    this.add({ type: 'operator-asked', at: this.now, error: this.errorOf(name), left: left.map((s) => s.name) });
  }

  private errorOf(step: string): ErrorDetails {
    return stepOf(this.state, step).error ?? late(`"${step}" failed.`);
  }

  /** The hold that this word ends. */
  private heldFor(action: SteerAction): Row | undefined {
    if (this.state.outcome !== 'running') return undefined;
    return this.steps.find(({ name }) => this.phase(name) === 'held' && stepOf(this.state, name).held?.word === action);
  }

  private goOnFrom({ name }: Row): void {
    this.add({ type: 'step-done', at: this.now, step: name, kept: {} });
  }

  private holdIsOver(step: Row): void {
    const { held } = stepOf(this.state, step.name);
    if (held?.whenOver === 'go on') this.goOnFrom(step);
    else this.undoAll(late(`Nobody said "${held?.word}" by ${held?.until}.`));
  }

  private begin(row: Row): void {
    if (row.hold) this.hold(row);
    else this.start(row);
  }

  private hold(row: Hold): void {
    const known = this.state.data as never;
    const forMs = row.hold.forMs(known);
    if (forMs === undefined) return this.goOnFrom(row);
    const { word, whenOver, says } = row.hold;
    const said = says?.(known);
    this.add({
      type: 'held',
      at: this.now,
      step: row.name,
      word,
      until: later(this.now, forMs),
      whenOver: whenOver(known),
      ...(said !== undefined && { says: said }),
    });
  }

  private start(step: Step): void {
    const attempt = stepOf(this.state, step.name).attempt + 1;
    const commandId = deterministicId(this.id, step.name, 'do', String(attempt));
    this.add({ type: 'step-started', at: this.now, step: step.name, attempt, commandId });
    this.commands.push({ ...step.send(this.state.data as never), id: commandId, step: step.name });
  }

  private startUndo(step: Row): void {
    if (!step.undo) return;
    const attempt = stepOf(this.state, step.name).undoAttempt + 1;
    const commandId = deterministicId(this.id, step.name, 'undo', String(attempt));
    this.add({ type: 'undo-started', at: this.now, step: step.name, attempt, commandId });
    const why = this.state.why ?? late('The run is undone.');
    this.commands.push({ ...step.undo(this.state.data as never, why), id: commandId, step: step.name });
  }

  private waitingFor(commandId: string): Row | undefined {
    return this.steps.find((s) => {
      const { phase, commandId: id } = stepOf(this.state, s.name);
      return id === commandId && (phase === 'started' || phase === 'undoing');
    });
  }
}

const late = (message: string): ErrorDetails => timedOut('run-too-late', message).toJSON();
