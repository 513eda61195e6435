import type { Envelope } from '@lifeboat/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';

const BATCH = 100;
const POLL_MS = 250;
const RETRY_MS = 250;

/** Adds messages to what the transaction will send, if and only if it commits. */
export async function addToOutbox(tx: EntityManager, envelopes: readonly Envelope[]): Promise<void> {
  for (const envelope of envelopes)
    await tx.query(`insert into outbox (id, attempt, envelope) values ($1, $2, $3)`, [
      envelope.id,
      envelope.attempt,
      JSON.stringify(envelope),
    ]);
}

/**
 * Sends what the outbox holds, oldest first, until aborted. A row goes only after JetStream's word that it is stored; a batch that was in flight
 * when anything died is sent again under the same ids and attempts. Several instances share the rows.
 */
export async function relayOutbox(
  database: Database,
  publish: (subject: string, envelope: Envelope) => Promise<void>,
  signal: AbortSignal,
  onProblem: (what: string, thrown: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const sent = await database.transaction((tx) => relayBatch(tx, publish));
      if (sent < BATCH)
        await Promise.race([once(database.wake, 'outbox', { signal }), pause(POLL_MS, undefined, { signal })]).catch(
          () => undefined,
        );
    } catch (thrown) {
      onProblem('sending the outbox', thrown);
      await pause(RETRY_MS);
    }
  }
}

async function relayBatch(
  tx: EntityManager,
  publish: (subject: string, envelope: Envelope) => Promise<void>,
): Promise<number> {
  const rows: { seq: string; envelope: Envelope }[] = await tx.query(
    `select seq, envelope from outbox order by seq limit $1 for update skip locked`,
    [BATCH],
  );
  if (rows.length === 0) return 0;
  const results = await Promise.allSettled(rows.map(({ envelope }) => publish(envelope.type, envelope)));
  const stored = rows.filter((_, i) => results[i]?.status === 'fulfilled').map(({ seq }) => seq);
  await tx.query(`delete from outbox where seq = any($1)`, [stored]);
  const refused = results.find((result) => result.status === 'rejected');
  // Committing what was stored first: only the rest is sent again.
  if (refused && stored.length === 0) throw refused.reason;
  return refused ? 0 : rows.length;
}
