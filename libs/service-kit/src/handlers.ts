import type {
  AnswerOf,
  CommandDef,
  DataOf,
  Envelope,
  EventDef,
  InputOf,
  OutputOf,
  RequestDef,
} from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import 'reflect-metadata';

/** What a handler may send. Everything goes through the outbox of the transaction: it is sent if and only if that commits. */
export interface Outgoing {
  emit<T>(
    event: EventDef<T>,
    data: T,
    ids?: { readonly id?: string; readonly correlationId?: string; readonly causationId?: string },
  ): Promise<void>;
  /**
   * Ends the works of this command whose data bears `match`, for the command that undoes them: they store nothing any more, are not answered and not
   * begun again. `false` while a holder may still be at one: it is told within seconds, by its signal.
   */
  cancel<T, A>(command: CommandDef<T, A>, match: Readonly<Record<string, string>>): Promise<boolean>;
  /** Ready-made envelopes: commands are sent by whoever keeps account of them, and sends them again until they are answered. */
  forward(envelopes: readonly Envelope[]): Promise<void>;
}

export interface HandlerContext extends Outgoing {
  readonly message: Envelope;
}

/**
 * Load → decide → save: state, answer and everything sent are stored in one transaction. May be run again from the start when the transaction was rolled
 * back, so it has no effect outside of `tx`. A thrown error becomes the answer `command-failed`, unless it is retryable.
 */
export interface DecidingHandler<C> {
  decide(data: DataOf<C>, tx: EntityManager, context: HandlerContext): Promise<AnswerOf<C>>;
}

export type WorkOutcome<A, M = Json> = { readonly done: A } | { readonly again: M; readonly afterMs: number };
export const done = <A>(answer: A): WorkOutcome<A, never> => ({ done: answer });
export const again = <M>(memo: M, afterMs: number): WorkOutcome<never, M> => ({ again: memo, afterMs });

export interface WorkContext {
  readonly message: Envelope;
  /** Aborted at shutdown and when the lease was lost: another instance may be at it already. */
  readonly signal: AbortSignal;
  /** Stores how far it came, between effects. */
  saveMemo(memo: Json): Promise<void>;
  transaction<T>(fn: (tx: EntityManager, out: Outgoing) => Promise<T>): Promise<T>;
}

/**
 * Long work: called again and again until it is done, at any moment, in any process, with the last stored memo. Whatever it makes must be findable by what
 * was stored before it was made. A retryable error is tried again with back-off for `giveUpAfterMs`, any other becomes `command-failed`.
 */
export interface WorkHandler<C, M = Json> {
  readonly giveUpAfterMs?: number;
  work(data: DataOf<C>, memo: M | undefined, context: WorkContext): Promise<WorkOutcome<AnswerOf<C>, M>>;
  /**
   * Takes part, in another instance, in what one is at; once for each claim and memo of it. What is shared out, and how (`Database.holds`), is the handler's affair. It
   * answers nothing, and what it fails at is left to who holds the work. `signal` is aborted when nobody does any more.
   */
  help?(data: DataOf<C>, memo: M | undefined, context: Pick<WorkContext, 'message' | 'signal'>): Promise<void>;
}

export interface RequestContext {
  transaction<T>(fn: (tx: EntityManager, out: Outgoing) => Promise<T>): Promise<T>;
}

/** Answers at once; may be asked twice. Errors travel to the asker. */
export interface RequestHandler<R> {
  answer(input: InputOf<R>, context: RequestContext): Promise<OutputOf<R>>;
}

/** Takes events in, each once; in one transaction like a decision. */
export interface EventHandler {
  react(envelope: Envelope, tx: EntityManager, context: HandlerContext): Promise<void>;
}

export type HandlerMark =
  | { readonly how: 'decide'; readonly command: CommandDef }
  | { readonly how: 'work'; readonly command: CommandDef }
  | { readonly how: 'answer'; readonly request: RequestDef }
  | { readonly how: 'react'; readonly filters: readonly string[] };

const MARK = Symbol('lifeboat-handler');
const LOOPS = Symbol('lifeboat-loops');

const mark =
  (value: HandlerMark): ClassDecorator =>
  (target) => {
    Reflect.defineMetadata(MARK, value, target);
    Injectable()(target);
  };

export const markOf = (target: object): HandlerMark | undefined =>
  Reflect.getMetadata(MARK, target) as HandlerMark | undefined;

/** One command, one class, one file. The class implements `DecidingHandler`. */
export const HandlesCommand = <T, A>(command: CommandDef<T, A>): ClassDecorator =>
  mark({ how: 'decide', command: command as CommandDef });
/** The class implements `WorkHandler`. */
export const DoesWork = <T, A>(command: CommandDef<T, A>): ClassDecorator =>
  mark({ how: 'work', command: command as CommandDef });
/** The class implements `RequestHandler`. */
export const AnswersRequest = <I, O>(request: RequestDef<I, O>): ClassDecorator =>
  mark({ how: 'answer', request: request as RequestDef });
/** NATS subjects with wildcards. The class implements `EventHandler`. One per service. */
export const ReactsTo = (...filters: readonly string[]): ClassDecorator => mark({ how: 'react', filters });

export interface Loop {
  readonly method: string;
  readonly everyMs: number;
}

/** Calls the method so long after it last ended, for ever; an error is logged and the next call comes. For sweeps and schedules, never for waiting. */
export const Every =
  (everyMs: number): MethodDecorator =>
  (target, method) => {
    const loops = (Reflect.getMetadata(LOOPS, target) as Loop[] | undefined) ?? [];
    Reflect.defineMetadata(LOOPS, [...loops, { method: String(method), everyMs }], target);
  };

export const loopsOf = (instance: object): readonly Loop[] =>
  (Reflect.getMetadata(LOOPS, instance) as Loop[] | undefined) ?? [];
