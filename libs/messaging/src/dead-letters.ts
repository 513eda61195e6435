import { notFound } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { jetstream, jetstreamManager, JetStreamApiError } from '@nats-io/jetstream';
import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import type { Bus } from './bus.ts';
import { ensureStreams } from './streams.ts';

const STREAM = 'DEAD';
const PREFIX = 'lifeboat.dead.';

/** A message that could not be handled, where it was meant to go, and why. */
export interface DeadLetter {
  readonly sequence: number;
  readonly subject: string;
  readonly id: string;
  readonly reason: string;
  readonly at: string;
}

/** Keeps a message with its reason; body and headers stay as they came. */
export async function bury(bus: Bus, message: JsMsg, error: LifeboatError): Promise<void> {
  const nc = await bus.connection();
  const kept = headers();
  for (const key of message.headers?.keys() ?? [])
    if (key !== 'Nats-Msg-Id') kept.set(key, message.headers?.get(key) ?? '');
  kept.set('lifeboat-dead-reason', `${error.code}: ${error.message}`.replace(/[\r\n]+/g, ' '));
  kept.set('lifeboat-dead-subject', message.subject);
  await jetstream(nc).publish(`${PREFIX}${message.subject.replace(/^lifeboat\./, '')}`, message.data, {
    headers: kept,
  });
}

export async function listDeadLetters(bus: Bus, limit = 500): Promise<readonly DeadLetter[]> {
  const nc = await bus.connection();
  await ensureStreams(nc);
  const manager = await jetstreamManager(nc);
  const { state } = await manager.streams.info(STREAM);
  const letters: DeadLetter[] = [];
  for (let sequence = state.first_seq; sequence <= state.last_seq && letters.length < limit; sequence++) {
    const stored = await read(bus, sequence).catch((thrown: unknown) => gone(thrown));
    if (stored) letters.push(view(stored));
  }
  return letters;
}

/** Sends it to where it was meant to go, as a new attempt, and forgets the letter. */
export async function replayDeadLetter(bus: Bus, sequence: number): Promise<void> {
  const nc = await bus.connection();
  const letter = await read(bus, sequence).catch((thrown: unknown) => gone(thrown));
  if (!letter) throw letterNotFound(sequence);
  const again = headers();
  for (const key of letter.header.keys()) if (!key.startsWith('lifeboat-dead')) again.set(key, letter.header.get(key));
  const attempt = Number(letter.header.get('ce-attempt') || 1) + 1;
  again.set('ce-attempt', String(attempt));
  await jetstream(nc).publish(letter.header.get('lifeboat-dead-subject'), letter.data, {
    headers: again,
    msgID: `${letter.header.get('ce-id')}:replay-${sequence}-${attempt}`,
  });
  await dropDeadLetter(bus, sequence);
}

export async function dropDeadLetter(bus: Bus, sequence: number): Promise<void> {
  const manager = await jetstreamManager(await bus.connection());
  await manager.streams.deleteMessage(STREAM, sequence).catch((thrown: unknown) => gone(thrown));
}

async function read(bus: Bus, sequence: number): Promise<StoredMsg | undefined> {
  const manager = await jetstreamManager(await bus.connection());
  return (await manager.streams.getMessage(STREAM, { seq: sequence })) ?? undefined;
}

/** A deleted message is an answer, not an error. */
function gone(thrown: unknown): undefined {
  if (thrown instanceof JetStreamApiError) return undefined;
  throw thrown;
}

const letterNotFound = (sequence: number) =>
  notFound('dead-letter-not-found', `There is no dead letter ${sequence}.`, {
    mend: 'List them with "lifeboat dead-letter list".',
  });

const view = (stored: StoredMsg): DeadLetter => ({
  sequence: stored.seq,
  subject: stored.header.get('lifeboat-dead-subject'),
  id: stored.header.get('ce-id'),
  reason: stored.header.get('lifeboat-dead-reason'),
  at: stored.time.toISOString(),
});
