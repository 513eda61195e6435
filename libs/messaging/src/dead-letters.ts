import { asLifeboatError, LifeboatError, notFound, unavailable } from '@lifeboat/kernel';
import { jetstream, jetstreamManager, JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager, JsMsg, StoredMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import type { MsgHdrs } from '@nats-io/nats-core';
import type { Envelope } from '@lifeboat/contracts';
import type { Bus } from './bus.ts';
import { toHeaders } from './envelope-codec.ts';
import { ensureStreams } from './streams.ts';

const STREAM = 'DEAD';
const PREFIX = 'lifeboat.dead.';
const TIMEOUT_MS = 5_000;
const REASON = 'lifeboat-dead-reason';
const SUBJECT = 'lifeboat-dead-subject';

/** A message that could not be handled, where it was meant to go, and why. */
export interface DeadLetter {
  readonly sequence: number;
  readonly subject: string;
  readonly id: string;
  readonly reason: string;
  readonly at: string;
}

/** Keeps a message with its reason; body and headers stay as they came. */
export const bury = (bus: Bus, message: JsMsg, error: LifeboatError): Promise<void> =>
  keep(bus, message.subject, message.headers, message.data, error);

/** The same for a message that was taken in, and turned out to be beyond handling later. */
export const buryEnvelope = (bus: Bus, envelope: Envelope, error: LifeboatError): Promise<void> =>
  keep(bus, envelope.type, toHeaders(envelope), new TextEncoder().encode(JSON.stringify(envelope.data)), error);

async function keep(
  bus: Bus,
  subject: string,
  original: MsgHdrs | undefined,
  body: Uint8Array,
  error: LifeboatError,
): Promise<void> {
  const kept = headers();
  for (const key of original?.keys() ?? []) if (key !== 'Nats-Msg-Id') kept.set(key, original?.get(key) ?? '');
  kept.set(REASON, `${error.code}: ${error.message}`.replace(/[\r\n]+/g, ' '));
  kept.set(SUBJECT, subject);
  await withServer(bus, async (manager, nc) => {
    await ensureStreams(nc);
    await jetstream(nc).publish(`${PREFIX}${subject.replace(/^lifeboat\./, '')}`, body, { headers: kept });
  });
}

/** The oldest `limit` of them. */
export const listDeadLetters = (bus: Bus, limit = 500): Promise<readonly DeadLetter[]> =>
  withServer(bus, async (manager, nc) => {
    await ensureStreams(nc);
    const letters: DeadLetter[] = [];
    for (let from = 1; letters.length < limit;) {
      const stored = await read(manager, { seq: from, next_by_subj: `${PREFIX}>` });
      if (!stored) break;
      letters.push(view(stored));
      from = stored.seq + 1;
    }
    return letters;
  });

/** Sends it to where it was meant to go, as a new attempt, and forgets the letter. */
export const replayDeadLetter = (bus: Bus, sequence: number): Promise<void> =>
  withServer(bus, async (manager, nc) => {
    const letter = await read(manager, { seq: sequence });
    if (!letter) throw letterNotFound(sequence);
    const again = headers();
    for (const key of letter.header.keys())
      if (key !== REASON && key !== SUBJECT) again.set(key, letter.header.get(key));
    const attempt = (Number(letter.header.get('ce-attempt')) || 1) + 1;
    again.set('ce-attempt', String(attempt));
    await jetstream(nc).publish(letter.header.get(SUBJECT), letter.data, {
      headers: again,
      msgID: `${letter.header.get('ce-id')}:replay-${sequence}-${attempt}`,
    });
    await remove(manager, sequence);
  });

/** Forgets a letter; quiet when it is gone already. */
export const dropDeadLetter = (bus: Bus, sequence: number): Promise<void> =>
  withServer(bus, (manager) => remove(manager, sequence));

type Nc = Awaited<ReturnType<Bus['connection']>>;

async function withServer<T>(bus: Bus, run: (manager: JetStreamManager, nc: Nc) => Promise<T>): Promise<T> {
  try {
    const nc = await bus.connection(AbortSignal.timeout(TIMEOUT_MS));
    return await bus.unlessAway(jetstreamManager(nc).then((manager) => run(manager, nc)));
  } catch (thrown) {
    if (thrown instanceof LifeboatError) throw thrown;
    if (thrown instanceof JetStreamApiError) throw asLifeboatError(thrown);
    throw unavailable('bus-away', 'NATS does not answer.', { cause: thrown });
  }
}

/** With `next_by_subj`: the first at or after the sequence, so that gaps cost nothing. */
const read = async (
  manager: JetStreamManager,
  query: { readonly seq: number; readonly next_by_subj?: string },
): Promise<StoredMsg | undefined> => (await manager.streams.getMessage(STREAM, query)) ?? undefined;

/** JetStream has no code of its own for deleting what is not there, so it is looked for. */
async function remove(manager: JetStreamManager, sequence: number): Promise<void> {
  try {
    await manager.streams.deleteMessage(STREAM, sequence);
  } catch (thrown) {
    if (await read(manager, { seq: sequence })) throw thrown;
  }
}

const letterNotFound = (sequence: number) =>
  notFound('dead-letter-not-found', `There is no dead letter ${sequence}.`, {
    mend: 'List them with "lifeboat dead-letter list".',
  });

const view = (stored: StoredMsg): DeadLetter => ({
  sequence: stored.seq,
  subject: stored.header.get(SUBJECT),
  id: stored.header.get('ce-id'),
  reason: stored.header.get(REASON),
  at: stored.time.toISOString(),
});
