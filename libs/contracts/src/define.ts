import { invalidInput } from '@lifeboat/kernel';
import type { z } from 'zod';

/** The bounded contexts that own messages; one service each. */
export type Context = 'protection' | 'capture' | 'image' | 'data' | 'recovery' | 'saga' | 'site';

interface MessageDef<T> {
  readonly context: Context;
  readonly name: string;
  readonly version: number;
  /** NATS subject, and with it the CloudEvents type. */
  readonly subject: string;
  /** One sentence. */
  readonly summary: string;
  readonly data: z.ZodType<T>;
  /** Frozen once released: CI fails when it stops parsing. */
  readonly sample: T;
}

/** Something that happened. Past tense. */
export interface EventDef<T = unknown> extends MessageDef<T> {
  readonly kind: 'event';
}

/** Something that one context is asked to do. Imperative. It is answered by `answer` or by `<context>.command-failed`. */
export interface CommandDef<T = unknown, A = unknown> extends MessageDef<T> {
  readonly kind: 'command';
  readonly answer: EventDef<A>;
}

/** A question (or a small idempotent request) over request/reply, answered at once or not at all; nothing depends on its being stored. */
export interface RequestDef<I = unknown, O = unknown> {
  readonly kind: 'request';
  readonly context: Context;
  readonly name: string;
  readonly version: number;
  readonly subject: string;
  readonly summary: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
}

export type DataOf<D> = D extends { data: z.ZodType<infer T> } ? T : never;
export type AnswerOf<C> = C extends CommandDef<infer _T, infer A> ? A : never;
export type InputOf<R> = R extends RequestDef<infer I, infer _O> ? I : never;
export type OutputOf<R> = R extends RequestDef<infer _I, infer O> ? O : never;

type Naming = { readonly context: Context; readonly name: string; readonly version?: number; readonly summary: string };

export const event = <T>(def: Naming & { readonly data: z.ZodType<T>; readonly sample: NoInfer<T> }): EventDef<T> => {
  const version = def.version ?? 1;
  return { ...def, kind: 'event', version, subject: `lifeboat.evt.${def.context}.${def.name}.v${version}` };
};

export const command = <T, A>(
  def: Naming & { readonly data: z.ZodType<T>; readonly answer: EventDef<A>; readonly sample: NoInfer<T> },
): CommandDef<T, A> => {
  const version = def.version ?? 1;
  return { ...def, kind: 'command', version, subject: `lifeboat.cmd.${def.context}.${def.name}.v${version}` };
};

export const request = <I, O>(
  def: Naming & { readonly input: z.ZodType<I>; readonly output: z.ZodType<O> },
): RequestDef<I, O> => {
  const version = def.version ?? 1;
  return { ...def, kind: 'request', version, subject: `lifeboat.api.${def.context}.${def.name}.v${version}` };
};

/** Parses a message's data or says which field is wrong. */
export function parseData<T>(def: { readonly subject: string; readonly data: z.ZodType<T> }, raw: unknown): T {
  const parsed = def.data.safeParse(raw);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`).join('; ');
  throw invalidInput('message-malformed', `${def.subject} does not fit its schema: ${where}`);
}
