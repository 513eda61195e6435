import type { CommandDef } from '@lifeboat/contracts';
import type { ErrorDetails } from '@lifeboat/kernel';

/** A command and its data, ready to be sent; what answers it is part of its type. */
export interface Sending<A = unknown> {
  readonly command: CommandDef<unknown, A>;
  readonly data: unknown;
}

export const to = <T, A>(command: CommandDef<T, A>, data: T): Sending<A> => ({
  command: command as CommandDef<unknown, A>,
  data,
});

const SUPERSEDED = 'run-superseded';
export const superseded = (by: string): ErrorDetails => ({
  kind: 'conflict',
  code: SUPERSEDED,
  message: `${by} took this run's place.`,
});
/** For an `undo`: another run has taken this one's place, and what that run gave up for lost must not be touched. */
export const isSuperseded = (why: ErrorDetails): boolean => why.code === SUPERSEDED;

export const seconds = (n: number): number => n * 1_000;
export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;

export interface Retry {
  readonly times: number;
  readonly everyMs: number;
}
export const every = (everyMs: number, times: number): Retry => ({ everyMs, times });

/** One row of the table. `S` is what is known by then, `A` the command's answer, `K` what is kept of it. */
export interface StepInput<S, A, K> {
  readonly send: (state: S) => Sending<A>;
  readonly keep?: (answer: A) => K;
  /** Must accept that the step never happened, happened half, or happened twice. Knows what was known before the step, and why all is undone. */
  readonly undo?: (state: S, why: ErrorDetails) => Sending;
  /** No answer by then is a failure, worth another try if `retry` allows one. Default: the saga's deadline. */
  readonly withinMs?: number;
  /** For errors that are worth another try. */
  readonly retry?: Retry;
}

/** From its start on there is only forward: an undo cannot be written. */
export type PivotInput<S, A, K> = Omit<StepInput<S, A, K>, 'undo'> & { readonly undo?: never };

/** What an operator says to a run that is held. */
export type Word = 'commit' | 'end' | 'go-on';

/** A row that sends nothing: the run stands still until an operator says the word, or the time is over. It can be aborted all the while. */
export interface HoldInput<S> {
  readonly word: Word;
  /** `undefined`: the run is not held at all. The saga's deadline does not count meanwhile. */
  readonly forMs: (state: S) => number | undefined;
  /** What happens when nobody has said anything by then. */
  readonly whenOver: (state: S) => WhenOver;
  /** What the operator is asked, where it is more than the row's name. */
  readonly says?: (state: S) => string | undefined;
}
export type WhenOver = 'go on' | 'undo';

/** One row of a definition: a step has `send`, a hold has `hold`. */
export type Row = Step | Hold;

/** What rows can stand for one by one; its name is part of theirs. */
export interface Item {
  readonly name: string;
}

/** Rows that stand once for each item of a list which an earlier row kept: `stagesOf` says which those are. */
export interface Each {
  /** By this name the rows know their item. */
  readonly as: string;
  /** Asked before the list is there, too. */
  readonly list: (state: never) => readonly Item[] | undefined;
  readonly rows: readonly (Row & { readonly only?: (item: never) => boolean })[];
}

/** Rows side by side, or rows for each item of a list. */
export type Stage = readonly Row[] | Each;
export const isEach = (stage: Stage): stage is Each => 'as' in stage;

export interface Hold {
  readonly name: string;
  readonly pivot: false;
  readonly hold: HoldInput<never>;
  readonly send?: never;
  readonly keep?: never;
  readonly undo?: never;
  readonly withinMs?: never;
  readonly retry?: never;
}

export interface Step {
  readonly name: string;
  readonly pivot: boolean;
  readonly hold?: never;
  readonly send: (state: never) => Sending;
  readonly keep?: (answer: never) => object;
  readonly undo?: (state: never, why: ErrorDetails) => Sending;
  readonly withinMs?: number;
  readonly retry?: Retry;
}

export interface SagaDefinition {
  readonly name: string;
  readonly version: number;
  /** What starts it; its data is the first state. */
  readonly start: CommandDef;
  /** Only one saga of this name lives per key. */
  readonly key: (state: never) => string;
  readonly deadlineMs: number;
  /** Live sagas of these names and the same group are undone when this one starts, and know that what it gives up for lost must not be touched. */
  readonly supersedes: readonly string[];
  /** These are undone as if an operator had aborted them: nothing is lost. */
  readonly aborts: readonly string[];
  /** Stages follow each other; the steps of one stage run side by side. */
  readonly stages: readonly Stage[];
}

const step = <S, A, K>(name: string, input: StepInput<S, A, K> | PivotInput<S, A, K>, pivot: boolean): Step => ({
  ...(input as unknown as Step),
  name,
  pivot,
});

/** Whether the pivot is behind: after it no step can have an undo, and no second pivot can follow. */
type Side = 'before' | 'after';
type InputOn<P extends Side, S, A, K> = P extends 'before' ? StepInput<S, A, K> : PivotInput<S, A, K>;

/** A row of `forEach` may be there for some items only. Decided by the item alone, so that rows neither come nor go while a run is at them. */
interface Only<I> {
  readonly only?: (item: I) => boolean;
}

/** The rows for one item, one after the other. What they keep is kept under the row's full name, so that no item's hides another's. */
export class EachBuilder<S extends object, I extends Item> {
  declare readonly knows: readonly [S, I];

  constructor(readonly rows: Each['rows'] = []) {}

  step<A, K extends object = object>(name: string, input: StepInput<S, A, K> & Only<I>): EachBuilder<S, I> {
    return new EachBuilder([...this.rows, step(name, input, false)]);
  }

  hold(name: string, { only, ...hold }: HoldInput<S> & Only<I>): EachBuilder<S, I> {
    return new EachBuilder([
      ...this.rows,
      { name, pivot: false, hold: hold as HoldInput<never>, ...(only && { only: only as (item: never) => boolean }) },
    ]);
  }
}

/** Builds a definition row by row; each `keep` widens what the rows below it know, so a row cannot read what is not known yet. */
export class SagaBuilder<S extends object, P extends Side = 'before'> {
  /** Not there at run time: without it the compiler would take a builder that knows little, or has its pivot behind, for any other. */
  declare readonly knows: readonly [S, P];

  private constructor(private readonly definition: SagaDefinition) {}

  static begin<T extends object, A>(name: string, version: number, start: CommandDef<T, A>): SagaBuilder<T> {
    return new SagaBuilder<T>({
      name,
      version,
      start: start as CommandDef,
      key: () => '',
      deadlineMs: hours(4),
      supersedes: [],
      aborts: [],
      stages: [],
    });
  }

  onePer(key: (state: S) => string): SagaBuilder<S, P> {
    return new SagaBuilder({ ...this.definition, key: key as (state: never) => string });
  }

  deadline(deadlineMs: number): SagaBuilder<S, P> {
    return new SagaBuilder({ ...this.definition, deadlineMs });
  }

  supersedes(...names: readonly string[]): SagaBuilder<S, P> {
    return new SagaBuilder({ ...this.definition, supersedes: names });
  }

  aborts(...names: readonly string[]): SagaBuilder<S, P> {
    return new SagaBuilder({ ...this.definition, aborts: names });
  }

  step<A, K extends object = object>(name: string, input: InputOn<P, S, A, K>): SagaBuilder<S & K, P> {
    return this.stage<K, P>([step(name, input, false)]);
  }

  /** Two steps side by side; neither knows the other's answer. */
  both<A1, K1 extends object, A2, K2 extends object>(
    first: string,
    one: InputOn<P, S, A1, K1>,
    second: string,
    two: InputOn<P, S, A2, K2>,
  ): SagaBuilder<S & K1 & K2, P> {
    return this.stage<K1 & K2, P>([step(first, one, false), step(second, two, false)]);
  }

  /** Rows that several sagas share: a function from any builder that knows enough to one that knows more. */
  use<K extends object, Q extends Side>(
    fragment: (rows: SagaBuilder<S, P>) => SagaBuilder<S & K, Q>,
  ): SagaBuilder<S & K, Q> {
    return fragment(this);
  }

  /** Before the pivot only: what is held can still be undone. */
  hold(this: SagaBuilder<S, 'before'>, name: string, input: HoldInput<S>): SagaBuilder<S> {
    return this.stage<object, 'before'>([{ name, pivot: false, hold: input as HoldInput<never> }]);
  }

  /**
   * Rows for each item of a list that an earlier row kept, item after item; each is named after its own: `start wave "data"`. `list` only reads: it is asked
   * before the list is there, and what it reads must be kept once. Before the pivot only.
   */
  forEach<As extends string, I extends Item>(
    this: SagaBuilder<S, 'before'>,
    as: As,
    list: (state: S) => readonly I[] | undefined,
    rows: (each: EachBuilder<S & { readonly [key in As]: I }, I>) => EachBuilder<S & { readonly [key in As]: I }, I>,
  ): SagaBuilder<S> {
    const each: Each = { as, list: list as Each['list'], rows: rows(new EachBuilder()).rows };
    return this.stage<object, 'before'>(each);
  }

  pivot<A, K extends object = object>(
    this: SagaBuilder<S, 'before'>,
    name: string,
    input: PivotInput<S, A, K>,
  ): SagaBuilder<S & K, 'after'> {
    return this.stage<K, 'after'>([step(name, input, true)]);
  }

  end(): SagaDefinition {
    const names = this.definition.stages.flatMap((s) => (isEach(s) ? s.rows : s)).map((row) => row.name);
    if (new Set(names).size !== names.length) throw new Error(`saga ${this.definition.name} names a step twice`);
    return this.definition;
  }

  private stage<K extends object, Q extends Side>(stage: Stage): SagaBuilder<S & K, Q> {
    return new SagaBuilder<S & K, Q>({ ...this.definition, stages: [...this.definition.stages, stage] });
  }
}

/** `saga('failover', 1, StartFailover).onePer(…).step(…).pivot(…).end()` */
export const saga = SagaBuilder.begin;
