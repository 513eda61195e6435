import type { RequestDef } from '@lifeboat/contracts';
import { asLifeboatError, bug, invalidInput, LifeboatError, timedOut, unavailable } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { errors, headers } from '@nats-io/nats-core';
import type { Msg, MsgHdrs, Subscription as NatsSubscription } from '@nats-io/nats-core';
import type { Bus } from './bus.ts';

const TIMEOUT_MS = 10_000;
const FAILED = 'lifeboat-failed';
const tracer = trace.getTracer('lifeboat');

/**
 * Asks a service over core NATS. Errors come back as they were thrown there; `unavailable` `service-away` when nobody listens, `bus-away` without NATS.
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
  const answer = await nc
    .request(request.subject, JSON.stringify(input), { timeout, headers: h })
    .catch((thrown: unknown) => {
      throw unanswered(request, thrown);
    });
  const body: unknown = answer.json();
  if (answer.headers?.get(FAILED)) throw LifeboatError.fromJSON(body as ErrorDetails);
  const parsed = request.output.safeParse(body);
  if (parsed.success) return parsed.data;
  throw bug('answer-malformed', `The ${request.context} service answered "${request.name}" in a form unknown here.`, {
    mend: 'Run the same version of all services.',
    cause: parsed.error,
  });
}

function unanswered({ context: service, name }: RequestDef, cause: unknown): LifeboatError {
  if (cause instanceof errors.RequestError && cause.isNoResponders())
    return unavailable('service-away', `No ${service} service answers.`, {
      mend: 'It may be starting; try again, or look at its log.',
      cause,
    });
  return timedOut('service-slow', `The ${service} service did not answer "${name}" in time.`, { cause });
}

/** Answers one kind of request until the subscription is closed; several instances share the load. */
export async function serve<I, O>(
  bus: Bus,
  request: RequestDef<I, O>,
  answer: (input: I) => Promise<O>,
  onProblem: (thrown: unknown) => void,
): Promise<NatsSubscription> {
  const reply = async (message: Msg): Promise<void> => {
    try {
      const output = await inServerSpan(request.subject, message.headers, () => answer(inputOf(request, message)));
      message.respond(JSON.stringify(output));
    } catch (thrown) {
      const error = asLifeboatError(thrown);
      if (error.kind === 'bug') onProblem(thrown);
      const h = headers();
      h.set(FAILED, error.code);
      message.respond(JSON.stringify(error), { headers: h });
    }
  };
  const nc = await bus.connection();
  return nc.subscribe(request.subject, {
    queue: request.context,
    callback: (error, message) => void (error ? onProblem(error) : reply(message).catch(onProblem)),
  });
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
