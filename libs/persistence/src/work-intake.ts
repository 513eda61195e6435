import type { Envelope } from '@lifeboat/contracts';
import type { Database } from './database.ts';
import { addToOutbox } from './outbox.ts';

/**
 * Takes a message in, once. A repeat of one that was answered gets the stored answer sent again, as a new attempt of the answer's id: whoever
 * repeats has not heard it. A repeat of one that failed and has no answer (an event, replayed from the dead letters) is worked on again.
 */
export async function takeIn(database: Database, envelope: Envelope): Promise<void> {
  await database.transaction(async (tx) => {
    const fresh: unknown[] = await tx.query(
      `insert into work (id, type, envelope) values ($1, $2, $3) on conflict (id) do nothing returning id`,
      [envelope.id, envelope.type, JSON.stringify(envelope)],
    );
    if (fresh.length > 0) return;
    const [answered]: [{ answer: Envelope; answers_sent: number }[], number] = await tx.query(
      `update work set answers_sent = answers_sent + 1 where id = $1 and answer is not null returning answer, answers_sent`,
      [envelope.id],
    );
    for (const row of answered) await addToOutbox(tx, [{ ...row.answer, attempt: row.answers_sent }]);
    await tx.query(
      `update work set state = 'running', failures = 0, failing_since = null, next_at = now(), first_at = now(), updated_at = now()
       where id = $1 and state = 'failed' and answer is null`,
      [envelope.id],
    );
  });
  database.wake.emit('work');
  database.wake.emit('outbox');
}
