import type { RequestDef } from '@lifeboat/contracts';
import { asLifeboatError, bug, invalidInput, LifeboatError, timedOut, unavailable } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { errors, headers } from '@nats-io/nats-core';
import type { Msg, MsgHdrs, NatsConnection, Subscription as NatsSubscription } from '@nats-io/nats-core';
import type { Bus } from './bus.ts';

const TIMEOUT_MS = 10_000;
const FAILED = 'lifeboat-failed';
/** How many messages an answer comes in; an empty one ends it. */
const PARTS = 'lifeboat-parts';
/** Well below what a nats-server takes by default (1 MiB), and of a size that does not hold up others' messages. */
const PART_BYTES = 512 * 1024;
/** Of a message's headers; a server that takes less than it does by default counts them too. */
const HEADER_BYTES = 1_024;
/** A nats-server cuts off a client for which more than this waits. */
const LARGEST_BYTES = 48 * 1024 * 1024;
const tracer = trace.getTracer('lifeboat');

/**
 * Asks a service over core NATS. Errors come back as they were thrown there, answers of any size in parts; `unavailable` `service-away` when nobody listens, `bus-away` without NATS.
 */
export async function ask<I, O>(
  bus: Bus,
  request: RequestDef<I, O>,
  input: I,
  options: { readonly timeoutMs?: number } = {},
): Promise<O> {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const nc = await bus.connection(AbortSignal.timeout(timeout));
  const h = headers();
  propagation.inject(context.active(), h, { set: (carrier, key, value) => carrier.set(key, value) });
  const { body, failed } = await answerOf(nc, request, JSON.stringify(input), { timeout, headers: h });
  if (failed) throw LifeboatError.fromJSON(body as ErrorDetails);
  const parsed = request.output.safeParse(body);
  if (parsed.success) return parsed.data;
  throw bug('answer-malformed', `The ${request.context} service answered "${request.name}" in a form unknown here.`, {
    mend: 'Run the same version of all services.',
    cause: parsed.error,
  });
}

/** All parts of an answer, as many as there are. */
async function answerOf(
  nc: NatsConnection,
  request: RequestDef,
  input: string,
  { timeout, headers }: { readonly timeout: number; readonly headers: MsgHdrs },
): Promise<{ readonly body: unknown; readonly failed: boolean }> {
  const parts: Msg[] = [];
  let complete = false;
  try {
    const options = { strategy: 'sentinel', maxWait: timeout, headers, noMux: true } as const;
    for await (const part of await nc.requestMany(request.subject, input, options))
      if (part.data.length > 0) parts.push(part);
      else complete = true;
  } catch (thrown) {
    throw unanswered(request, thrown);
  }
  const first = parts[0]?.headers;
  if (!complete || Number(first?.get(PARTS)) !== parts.length) throw unanswered(request);
  const body: unknown = JSON.parse(Buffer.concat(parts.map(({ data }) => data)).toString('utf8'));
  return { body, failed: Boolean(first?.get(FAILED)) };
}

function unanswered({ context: service, name }: RequestDef, cause?: unknown): LifeboatError {
  if (cause instanceof errors.NoRespondersError || (cause instanceof errors.RequestError && cause.isNoResponders()))
    return unavailable('service-away', `No ${service} service answers.`, {
      mend: 'It may be starting; try again, or look at its log.',
      cause,
    });
  return timedOut('service-slow', `The ${service} service did not answer "${name}" in time.`, { cause });
}

/** Answers one kind of request until the subscription is closed; several instances share the load. The server knows of it on return. */
export async function serve<I, O>(
  bus: Bus,
  request: RequestDef<I, O>,
  answer: (input: I) => Promise<O>,
  onProblem: (thrown: unknown) => void,
): Promise<NatsSubscription> {
  const nc = await bus.connection();
  const reply = async (message: Msg): Promise<void> => {
    try {
      const output = await inServerSpan(request.subject, message.headers, () => answer(inputOf(request, message)));
      respond(nc, message, bytesOf(request, output), headers());
    } catch (thrown) {
      const error = asLifeboatError(thrown);
      if (error.kind === 'bug') onProblem(thrown);
      const h = headers();
      h.set(FAILED, error.code);
      respond(nc, message, Buffer.from(JSON.stringify(error)), h);
    }
  };
  const subscription = nc.subscribe(request.subject, {
    queue: request.context,
    callback: (error, message) => void (error ? onProblem(error) : reply(message).catch(onProblem)),
  });
  // Else whoever asks over another connection may come first, and hear that nobody listens. A connection that breaks here tells the next server of it by itself.
  await nc.flush().catch(() => undefined);
  return subscription;
}

function bytesOf(request: RequestDef, output: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(output));
  if (bytes.length <= LARGEST_BYTES) return bytes;
  throw bug('answer-too-large', `The answer to "${request.name}" has ${bytes.length} bytes; ${LARGEST_BYTES} is most.`);
}

/** In as many messages as it takes: a nats-server takes 1 MiB at a time, and a project may hold thousands of entities. */
function respond(nc: NatsConnection, message: Msg, bytes: Buffer, h: MsgHdrs): void {
  const size = Math.min(PART_BYTES, (nc.info?.max_payload ?? PART_BYTES) - HEADER_BYTES);
  h.set(PARTS, String(Math.ceil(bytes.length / size)));
  for (let from = 0; from < bytes.length; from += size)
    message.respond(bytes.subarray(from, from + size), { headers: h });
  message.respond();
}

function inputOf<I>(request: RequestDef<I>, message: Msg): I {
  const raw = jsonOf(request, message);
  const parsed = request.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw invalidInput(
    'request-malformed',
    parsed.error.issues.map((i) => `${i.path.join('.') || '(all)'}: ${i.message}`).join('; '),
    { mend: 'Correct these fields.' },
  );
}

function jsonOf(request: { readonly subject: string }, message: Msg): unknown {
  try {
    return message.json();
  } catch (cause) {
    throw invalidInput('request-malformed', `A request on ${request.subject} is no JSON.`, { cause });
  }
}

/** The work of answering belongs to the trace of whoever asks. */
function inServerSpan<T>(subject: string, from: MsgHdrs | undefined, run: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), from, {
    get: (carrier, key) => carrier?.get(key) || undefined,
    keys: (carrier) => carrier?.keys() ?? [],
  });
  return tracer.startActiveSpan(subject, { kind: SpanKind.SERVER }, parent, async (span) => {
    try {
      return await run();
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: asLifeboatError(thrown).code });
      throw thrown;
    } finally {
      span.end();
    }
  });
}
