import type { Envelope } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { jetstream } from '@nats-io/jetstream';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from './bus.ts';
import { bury } from './dead-letters.ts';
import { toEnvelope } from './envelope-codec.ts';
import { ensureConsumer, ensureStreams } from './streams.ts';
import type { Subscription } from './streams.ts';

const PULL_EXPIRES_MS = 5_000;
const RETRY_MS = 250;
const KEEP_ALIVE_MS = 5_000;
const NAK_MS = [200, 500, 1_000, 5_000, 15_000] as const;
const MAX_DELIVERIES = 20;

export type Handle = (envelope: Envelope, signal: AbortSignal) => Promise<void>;

export interface ConsumeOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told of everything that went wrong, for the log. */
  readonly onProblem: (what: string, thrown: unknown) => void;
}

/**
 * Pulls messages until aborted. A message is acked when `handle` has returned (so everything must be stored by then), given back with a growing
 * delay when it threw something retryable, however often, and buried with its reason when it cannot be read, is refused for good, or failed too
 * often by a mistake. Survives a server that goes away or comes back without its streams.
 */
export async function consume(bus: Bus, to: Subscription, handle: Handle, options: ConsumeOptions): Promise<void> {
  const { signal, concurrency, onProblem } = options;
  const running = new Set<Promise<void>>();
  const start = (message: JsMsg): void => {
    const job: Promise<void> = handleOne(bus, message, handle, options)
      .catch((thrown: unknown) => onProblem(`giving back ${message.subject}`, thrown))
      .finally(() => running.delete(job));
    running.add(job);
  };
  let known = false;
  while (!signal.aborted) {
    try {
      if (!known) await ensure(bus, to, signal);
      known = true;
      const messages = await pull(bus, to, concurrency - running.size, signal);
      await readAll(bus, messages, start, signal);
    } catch (thrown) {
      known = false;
      if (!signal.aborted) {
        onProblem(`reading ${to.filters.join(', ')}`, thrown);
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    if (running.size >= concurrency) await Promise.race(running);
  }
  await Promise.allSettled(running);
}

async function ensure(bus: Bus, to: Subscription, signal: AbortSignal): Promise<void> {
  const nc = await bus.connection(signal);
  await bus.unlessAway(ensureStreams(nc).then(() => ensureConsumer(nc, to)));
}

async function pull(bus: Bus, to: Subscription, max: number, signal: AbortSignal): Promise<ConsumerMessages> {
  const nc = await bus.connection(signal);
  const consumer = await bus.unlessAway(jetstream(nc).consumers.get(to.stream, to.durable));
  return consumer.fetch({ max_messages: max, expires: PULL_EXPIRES_MS });
}

async function readAll(
  bus: Bus,
  messages: ConsumerMessages,
  start: (message: JsMsg) => void,
  signal: AbortSignal,
): Promise<void> {
  const stop = (): void => messages.stop();
  signal.addEventListener('abort', stop, { once: true });
  // What was pulled from a server that went away does not come any more; the next pull waits until it is back.
  const callOff = bus.onceAway(stop);
  try {
    for await (const message of messages) start(message);
  } finally {
    callOff();
    signal.removeEventListener('abort', stop);
  }
}

async function handleOne(bus: Bus, message: JsMsg, handle: Handle, options: ConsumeOptions): Promise<void> {
  const alive = setInterval(() => message.working(), KEEP_ALIVE_MS);
  try {
    await handle(toEnvelope(message.subject, message.headers, message.data), options.signal);
  } catch (thrown) {
    return await giveBack(bus, message, thrown, options);
  } finally {
    clearInterval(alive);
  }
  // Handled; when the ack is not heard the message comes once more, and is found handled.
  await bus
    .unlessAway(message.ackAck())
    .catch((thrown: unknown) => options.onProblem(`acking ${message.subject}`, thrown));
}

async function giveBack(bus: Bus, message: JsMsg, thrown: unknown, options: ConsumeOptions): Promise<void> {
  const error = asLifeboatError(thrown);
  options.onProblem(`handling ${message.subject}`, thrown);
  const deliveries = message.info.deliveryCount;
  const hopeless = !error.retryable && (error.kind === 'invalid-input' || deliveries >= MAX_DELIVERIES);
  if (!hopeless || options.signal.aborted)
    return message.nak(NAK_MS[Math.min(deliveries, NAK_MS.length) - 1] ?? RETRY_MS);
  try {
    await bury(bus, message, error);
    message.term(error.code);
  } catch (again) {
    options.onProblem(`burying ${message.subject}`, again);
    message.nak(NAK_MS.at(-1));
  }
}
