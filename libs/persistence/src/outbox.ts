import type { Envelope } from '@lifeboat/contracts';
import { bug } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';

const BATCH = 100;
/** For rows of other instances; those of this process wake the relay. */
const POLL_MS = 1_000;
const RETRY_MS = 250;
/** A nats-server takes 1 MiB by default, headers included. */
const MAX_BYTES = 1_000_000;

/**
 * Adds messages to what the transaction will send, if and only if it commits. Throws `message-too-large` here, where the handler can still fail in
 * words: in the outbox it would be refused for ever.
 */
export async function addToOutbox(tx: EntityManager, envelopes: readonly Envelope[]): Promise<void> {
  for (const envelope of envelopes) {
    const text = JSON.stringify(envelope);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BYTES)
      throw bug(
        'message-too-large',
        `A message ${envelope.type} has ${bytes} bytes; at most ${MAX_BYTES} can be sent.`,
      );
    await tx.query(`insert into outbox (id, attempt, envelope) values ($1, $2, $3)`, [
      envelope.id,
      envelope.attempt,
      text,
    ]);
  }
}

export type Publish = (subject: string, envelope: Envelope) => Promise<void>;

/**
 * Sends what the outbox holds, oldest first, until aborted. A row goes only after JetStream's word that it is stored; a batch that was in flight
 * when anything died is sent again under the same ids and attempts. Several instances share the rows.
 */
export async function relayOutbox(
  database: Database,
  publish: Publish,
  signal: AbortSignal,
  onProblem: (what: string, thrown: unknown) => void,
  pollMs = POLL_MS,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { sent, refused } = (await isEmpty(database))
        ? { sent: 0, refused: undefined }
        : await database.transaction((tx) => relayBatch(tx, publish));
      // What was stored is committed first: only the rest is sent again.
      if (refused !== undefined) {
        onProblem('sending the outbox', refused);
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      } else if (sent < BATCH) await database.wake.wait('outbox', pollMs, signal);
    } catch (thrown) {
      onProblem('sending the outbox', thrown);
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One statement instead of a transaction's four: most looks find nothing. */
async function isEmpty(database: Database): Promise<boolean> {
  const rows = await database.query<unknown[]>(`select 1 from outbox limit 1`);
  return rows.length === 0;
}

async function relayBatch(tx: EntityManager, publish: Publish): Promise<{ sent: number; refused?: unknown }> {
  const rows: { seq: string; envelope: Envelope }[] = await tx.query(
    `select seq, envelope from outbox order by seq limit $1 for update skip locked`,
    [BATCH],
  );
  if (rows.length === 0) return { sent: 0 };
  const results = await Promise.allSettled(rows.map(({ envelope }) => publish(envelope.type, envelope)));
  const stored = rows.filter((_, i) => results[i]?.status === 'fulfilled').map(({ seq }) => seq);
  if (stored.length > 0) await tx.query(`delete from outbox where seq = any($1)`, [stored]);
  const refused = results.find((result) => result.status === 'rejected');
  return { sent: stored.length, ...(refused && { refused: refused.reason as unknown }) };
}
