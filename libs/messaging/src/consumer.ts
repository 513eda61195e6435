import type { Envelope } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { jetstream } from '@nats-io/jetstream';
import type { JsMsg } from '@nats-io/jetstream';
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

export interface ConsumeOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told of everything that went wrong, for the log. */
  readonly onProblem: (what: string, thrown: unknown) => void;
}

/**
 * Pulls messages until aborted. A message is acked when `handle` has returned (so everything must be stored by then), given back with a growing
 * delay when it threw something retryable, and buried with its reason when it cannot be read, is refused for good, or was tried too often.
 * Survives a server that goes away or comes back without its streams.
 */
export async function consume(
  bus: Bus,
  to: Subscription,
  handle: (envelope: Envelope, signal: AbortSignal) => Promise<void>,
  options: ConsumeOptions,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let known = false;
  while (!options.signal.aborted) {
    try {
      const nc = await bus.connection();
      if (!known) {
        await ensureStreams(nc);
        await ensureConsumer(nc, to);
        known = true;
      }
      const consumer = await jetstream(nc).consumers.get(to.stream, to.durable);
      const messages = await consumer.fetch({
        max_messages: options.concurrency - running.size,
        expires: PULL_EXPIRES_MS,
      });
      const stop = (): void => messages.stop();
      options.signal.addEventListener('abort', stop, { once: true });
      for await (const message of messages) {
        const job: Promise<void> = handleOne(bus, message, handle, options).finally(() => running.delete(job));
        running.add(job);
      }
      options.signal.removeEventListener('abort', stop);
    } catch (thrown) {
      known = false;
      if (!options.signal.aborted) {
        options.onProblem(`reading ${to.filters.join(', ')}`, thrown);
        await pause(RETRY_MS);
      }
    }
    if (running.size >= options.concurrency) await Promise.race(running);
  }
  await Promise.allSettled(running);
}

async function handleOne(
  bus: Bus,
  message: JsMsg,
  handle: (envelope: Envelope, signal: AbortSignal) => Promise<void>,
  options: ConsumeOptions,
): Promise<void> {
  const alive = setInterval(() => message.working(), KEEP_ALIVE_MS);
  try {
    await handle(toEnvelope(message.subject, message.headers, message.data), options.signal);
    await message.ackAck();
  } catch (thrown) {
    await giveBack(bus, message, thrown, options);
  } finally {
    clearInterval(alive);
  }
}

async function giveBack(bus: Bus, message: JsMsg, thrown: unknown, options: ConsumeOptions): Promise<void> {
  const error = asLifeboatError(thrown);
  options.onProblem(`handling ${message.subject}`, thrown);
  const deliveries = message.info.deliveryCount;
  const hopeless = error.kind === 'invalid-input' || deliveries >= MAX_DELIVERIES;
  if (!hopeless || options.signal.aborted)
    return message.nak(NAK_MS[Math.min(deliveries - 1, NAK_MS.length - 1)] ?? RETRY_MS);
  try {
    await bury(bus, message, error);
    message.term(error.code);
  } catch (again) {
    options.onProblem(`burying ${message.subject}`, again);
    message.nak(RETRY_MS);
  }
}
