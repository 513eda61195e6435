import type { Envelope } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import { addToOutbox } from './outbox.ts';
import { claimLost } from './work-claims.ts';
import type { Claim } from './work-claims.ts';

/** Stores how far it came, under the claim. Throws `work-claim-lost`. */
export async function keepMemo(database: Database, { id, claim }: Claim, memo: Json | undefined): Promise<void> {
  const [rows] = await database.query<[unknown[], number]>(
    `update work set memo = $3, failures = 0, failing_since = null, updated_at = now()
     where id = $1 and claim = $2 and state = 'running' returning id`,
    [id, claim, jsonOf(memo)],
  );
  if (rows.length === 0) throw claimLost(id);
}

/** Stores how far it came and gives the claim back; another call follows after `afterMs`. */
export async function goOnLater(
  database: Database,
  { id, claim }: Claim,
  memo: Json | undefined,
  afterMs: number,
): Promise<void> {
  const [rows] = await database.query<[unknown[], number]>(
    `update work set memo = $3, failures = 0, failing_since = null, updated_at = now(),
       next_at = now() + make_interval(secs => $4), lease_until = null, lease_owner = null
     where id = $1 and claim = $2 and state = 'running' returning id`,
    [id, claim, jsonOf(memo), afterMs / 1_000],
  );
  if (rows.length === 0) throw claimLost(id);
  database.wake.emitAfter('work', afterMs);
}

/** It failed and is tried again after `afterMs`. Quiet when the claim was lost: whoever has it now goes on. */
export async function postpone(database: Database, { id, claim }: Claim, afterMs: number): Promise<void> {
  await database.query(
    `update work set failures = failures + 1, failing_since = coalesce(failing_since, now()), updated_at = now(),
       next_at = now() + make_interval(secs => $3), lease_until = null, lease_owner = null
     where id = $1 and claim = $2 and state = 'running'`,
    [id, claim, afterMs / 1_000],
  );
  database.wake.emitAfter('work', afterMs);
}

/** Ends a work with its answer, in the transaction of whatever it decided. Throws `work-claim-lost`, so that the transaction is rolled back. */
export async function endWork(
  tx: EntityManager,
  { id, claim }: Claim,
  state: 'done' | 'failed',
  answer: Envelope | undefined,
): Promise<void> {
  const [rows]: [unknown[], number] = await tx.query(
    `update work set state = $3, answer = $4, answers_sent = 1, memo = null, lease_until = null, lease_owner = null, updated_at = now()
     where id = $1 and claim = $2 and state = 'running' returning id`,
    [id, claim, state, answer === undefined ? null : JSON.stringify(answer)],
  );
  if (rows.length === 0) throw claimLost(id);
  if (answer) await addToOutbox(tx, [answer]);
}

const jsonOf = (memo: Json | undefined): string | null => (memo === undefined ? null : JSON.stringify(memo));

const KEPT_DAYS = 30;
/** Longer than anybody asks whether a commit got through. */
const MARKS_KEPT_HOURS = 1;

/** Forgets work so old that nobody can repeat its message any more. */
export async function forgetOldWork(database: Database): Promise<void> {
  await database.query(`delete from work where state <> 'running' and updated_at < now() - make_interval(days => $1)`, [
    KEPT_DAYS,
  ]);
  await database.query(`delete from commit_mark where at < now() - make_interval(hours => $1)`, [MARKS_KEPT_HOURS]);
}

export async function queueDepth(database: Database): Promise<{ readonly work: number; readonly outbox: number }> {
  const [row] = await database.query<{ work: string; outbox: string }[]>(
    `select (select count(*) from work where state = 'running') as work, (select count(*) from outbox) as outbox`,
  );
  return { work: Number(row?.work ?? 0), outbox: Number(row?.outbox ?? 0) };
}
