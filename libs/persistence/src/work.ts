import type { Envelope } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { hostname } from 'node:os';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import { addToOutbox } from './outbox.ts';

export interface WorkRow {
  readonly id: string;
  readonly type: string;
  readonly envelope: Envelope;
  readonly memo: Json | null;
  readonly failures: number;
  readonly firstAt: Date;
}

const LEASE_SECONDS = 6;
export const LEASE_RENEW_MS = 2_000;
const OWNER = `${hostname()}:${process.pid}`;

/**
 * Takes a message in, once. A repeat of one that was answered gets the stored answer sent again, as a new attempt of the answer's id: whoever
 * repeats has not heard it.
 */
export async function takeIn(database: Database, envelope: Envelope): Promise<void> {
  await database.transaction(async (tx) => {
    const fresh: unknown[] = await tx.query(
      `insert into work (id, type, envelope) values ($1, $2, $3) on conflict (id) do nothing returning id`,
      [envelope.id, envelope.type, JSON.stringify(envelope)],
    );
    if (fresh.length > 0) return;
    const [again]: [{ answer: Envelope; answers_sent: number }[], number] = await tx.query(
      `update work set answers_sent = answers_sent + 1 where id = $1 and answer is not null returning answer, answers_sent`,
      [envelope.id],
    );
    for (const row of again) await addToOutbox(tx, [{ ...row.answer, attempt: row.answers_sent }]);
  });
  database.wake.emit('work');
  database.wake.emit('outbox');
}

/** Leases held by a process of this host that is no more: its work goes on at once instead of after the lease. */
export async function takeOverDeadLeases(database: Database): Promise<void> {
  const rows = await database.query<{ lease_owner: string }[]>(
    `select distinct lease_owner from work where state = 'running' and lease_owner is not null`,
  );
  const dead = rows
    .map((row) => row.lease_owner)
    .filter((owner) => owner.startsWith(`${hostname()}:`) && !alive(Number(owner.split(':').at(-1))));
  if (dead.length > 0)
    await database.query(`update work set lease_until = null where state = 'running' and lease_owner = any($1)`, [
      dead,
    ]);
}

function alive(pid: number): boolean {
  if (pid === process.pid) return false; // a process of this very id that was before us
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function claimWork(database: Database, limit: number): Promise<readonly WorkRow[]> {
  if (limit <= 0) return [];
  const [rows] = await database.query<
    [{ id: string; type: string; envelope: Envelope; memo: Json | null; failures: number; first_at: Date }[], number]
  >(
    `update work set lease_owner = $1, lease_until = now() + make_interval(secs => $2)
     where id in (select id from work where state = 'running' and next_at <= now() and (lease_until is null or lease_until < now())
                  order by next_at limit $3 for update skip locked)
     returning id, type, envelope, memo, failures, first_at`,
    [OWNER, LEASE_SECONDS, limit],
  );
  return rows.map(({ first_at, ...row }) => ({ ...row, firstAt: first_at }));
}

/** Keeps a lease; `false` when it was lost, and the work with it. */
export async function renewLease(database: Database, id: string): Promise<boolean> {
  const [rows] = await database.query<[unknown[], number]>(
    `update work set lease_until = now() + make_interval(secs => $3) where id = $1 and lease_owner = $2 and state = 'running' returning id`,
    [id, OWNER, LEASE_SECONDS],
  );
  return rows.length > 0;
}

/** Gives leases back, so that another instance goes on at once. */
export async function releaseLeases(database: Database): Promise<void> {
  await database.query(
    `update work set lease_until = null, lease_owner = null where lease_owner = $1 and state = 'running'`,
    [OWNER],
  );
}

/** Stores how far it came; another call follows after `afterMs`. */
export async function keepMemo(
  tx: EntityManager | Database,
  id: string,
  memo: Json | undefined,
  afterMs: number | undefined,
): Promise<void> {
  await tx.query(
    `update work set memo = $2, failures = 0, updated_at = now(), next_at = now() + make_interval(secs => $3), lease_until = case when $4 then null else lease_until end
     where id = $1 and state = 'running'`,
    [id, memo === undefined ? null : JSON.stringify(memo), (afterMs ?? 0) / 1000, afterMs !== undefined],
  );
}

export async function postpone(database: Database, id: string, afterMs: number): Promise<void> {
  await database.query(
    `update work set failures = failures + 1, updated_at = now(), next_at = now() + make_interval(secs => $2), lease_until = null where id = $1 and state = 'running'`,
    [id, afterMs / 1000],
  );
}

/** Ends a work with its answer, in the transaction of whatever it decided. Quiet when another instance was faster. */
export async function endWork(
  tx: EntityManager,
  id: string,
  state: 'done' | 'failed',
  answer: Envelope | undefined,
): Promise<void> {
  const [rows]: [unknown[], number] = await tx.query(
    `update work set state = $2, answer = $3, answers_sent = 1, memo = null, lease_until = null, updated_at = now() where id = $1 and state = 'running' returning id`,
    [id, state, answer === undefined ? null : JSON.stringify(answer)],
  );
  if (rows.length > 0 && answer) await addToOutbox(tx, [answer]);
}

const KEPT_DAYS = 30;

/** Forgets work so old that nobody can repeat its message any more. */
export async function forgetOldWork(database: Database): Promise<void> {
  await database.query(`delete from work where state <> 'running' and updated_at < now() - make_interval(days => $1)`, [
    KEPT_DAYS,
  ]);
}

export async function queueDepth(database: Database): Promise<{ readonly work: number; readonly outbox: number }> {
  const [row] = await database.query<{ work: string; outbox: string }[]>(
    `select (select count(*) from work where state = 'running') as work, (select count(*) from outbox) as outbox`,
  );
  return { work: Number(row?.work ?? 0), outbox: Number(row?.outbox ?? 0) };
}
