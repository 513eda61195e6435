import type { CommandDef } from '@lifeboat/contracts';
import { sameJson } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { decide } from '../decide.ts';
import type { SagaInput } from '../decide.ts';
import type { SagaDefinition } from '../definition.ts';
import { later } from '../due.ts';
import type { SagaEvent, SagaState, SteerAction } from '../history.ts';
import { emptySaga, evolve, stepOf } from '../history.ts';
import type { Outgoing } from '../turn.ts';

/** One thing that happens to a saga under test, told in the words of its definition. */
export type Move = (scenario: Scenario) => { readonly input: SagaInput; readonly afterMs?: number };

/** What was asked last for this step, its undo included, is answered; by default as the contract's sample says. */
export const answers =
  (step: string, data?: object): Move =>
  (scenario) => {
    const { id, command } = scenario.asked(step);
    return { input: { type: 'answer', commandId: id, data: data ?? command.answer.sample } };
  };

export const fails =
  (step: string, error: Partial<ErrorDetails> = {}): Move =>
  (scenario) => ({
    input: {
      type: 'failure',
      commandId: scenario.asked(step).id,
      error: { kind: 'conflict', code: 'refused', message: `"${step}" was refused.`, ...error },
    },
  });

/** So much time passes, and the timer rings. */
export const passes =
  (ms: number): Move =>
  () => ({ input: { type: 'tick' }, afterMs: ms });

const steers =
  (action: SteerAction): Move =>
  () => ({ input: { type: 'steer', action, by: 'operator' } });
export const aborts = steers('abort');
export const retries = steers('retry');
export const givesUp = steers('give-up');
/** An operator's word to a run that is held. */
export const says = steers;

export const isSupersededBy =
  (by: string): Move =>
  () => ({ input: { type: 'superseded', by } });

const START = '2026-01-01T00:00:00.000Z';

/**
 * `given(failover, answers('lock group')).when(fails('pin recovery point')).sends(UnpinPoint)`. Throws a sentence when what was claimed is not so. The saga is
 * started with its start command's sample, a second passes with every move.
 */
export class Scenario {
  readonly history: SagaEvent[] = [];
  state: SagaState = emptySaga;
  now = START;
  private sent: readonly Outgoing[] = [];
  readonly everSent: Outgoing[] = [];
  readonly inputs: { readonly at: string; readonly input: SagaInput }[] = [];

  constructor(
    readonly definition: SagaDefinition,
    readonly id: string,
  ) {}

  when(...moves: readonly Move[]): this {
    for (const move of moves) {
      const { input, afterMs } = move(this);
      this.now = later(this.now, afterMs ?? 1_000);
      this.take(input);
    }
    return this;
  }

  take(input: SagaInput): void {
    this.inputs.push({ at: this.now, input });
    const { events, commands } = decide({ id: this.id, definition: this.definition }, this.state, input, this.now);
    this.state = events.reduce(evolve, this.state);
    this.history.push(...events);
    this.sent = commands;
    this.everSent.push(...commands);
  }

  /** The last move made the saga send these commands, in this order, and no other; with no command named, none at all. */
  sends(...commands: readonly Pick<CommandDef, 'subject'>[]): this {
    const [wanted, got] = [commands.map((c) => c.subject), this.sent.map((c) => c.command.subject)];
    if (!sameJson(wanted, got)) throw new Error(`expected to be sent: ${list(wanted)}; was sent: ${list(got)}`);
    return this;
  }

  /** The data of the last command sent for a step. */
  asked(step: string): Outgoing {
    const found = this.everSent.findLast((c) => c.step === step);
    if (!found) throw new Error(`nothing was sent for "${step}"; sent was: ${list(this.everSent.map((c) => c.step))}`);
    return found;
  }

  is(outcome: SagaState['outcome']): this {
    if (this.state.outcome !== outcome)
      throw new Error(`expected the saga to be ${outcome}, it is ${this.state.outcome}`);
    return this;
  }

  ends(outcome: 'completed' | 'undone' | 'needs-operator'): this {
    if (!this.state.ended) throw new Error(`the saga has not ended; ${this.whereabouts()}`);
    return this.is(outcome);
  }

  /** It stopped and waits for an operator, with exactly this left to be mended. */
  asksOperator(...left: readonly string[]): this {
    if (!sameJson(this.state.left, left))
      throw new Error(`expected to be left: ${list(left)}; left is: ${list(this.state.left)}`);
    return this.is('needs-operator');
  }

  private whereabouts(): string {
    return this.state.order.map((name) => `${name}: ${stepOf(this.state, name).phase}`).join(', ');
  }
}

const list = (names: readonly string[]): string => names.join(', ') || 'nothing';

/** A saga that was started and to which then all this happened. */
export function given(definition: SagaDefinition, ...moves: readonly Move[]): Scenario {
  const scenario = new Scenario(definition, `${definition.name}-1`);
  scenario.take({ type: 'start', data: definition.start.sample as Readonly<Record<string, unknown>> });
  return scenario.when(...moves);
}
