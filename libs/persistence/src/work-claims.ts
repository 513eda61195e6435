import type { Envelope } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { conflict } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import { INSTANCE_LOCKS } from './instance.ts';

/** The right to work on a row. Each claim has a higher number, so that what an earlier claimant still tries to store is refused. */
export interface Claim {
  readonly id: string;
  readonly claim: number;
}

export interface WorkRow extends Claim {
  readonly type: string;
  readonly envelope: Envelope;
  readonly memo: Json | null;
  /** Since the last success. */
  readonly failures: number;
  /** When the first of them was; null without failures. */
  readonly failingSince: Date | null;
}

/** As another instance holds it. */
export type WorkElsewhere = Omit<WorkRow, 'failures' | 'failingSince'>;

export const LEASE_SECONDS = 6;
export const LEASE_RENEW_MS = 2_000;

/** Thrown to roll back what was done without the right to. */
export const claimLost = (id: string) =>
  conflict('work-claim-lost', `Work ${id} was taken over by another claim, or has ended.`);

/** Whether the instance that a column names is no more: nobody holds its lock. What follows a further colon is its own affair. */
const isNoMore = (column: string): string =>
  `coalesce(nullif(split_part(${column}, ':', 3), '')::bigint, 0) not in (
     select objid::bigint from pg_locks
     where locktype = 'advisory' and granted and classid::bigint = $1
       and database = (select oid from pg_database where datname = current_database()))`;

/** Leases of instances that are no more (their advisory lock is free): their work, and what they held, goes on at once instead of after the lease. */
export async function takeOverDeadLeases(database: Database): Promise<void> {
  await database.query(
    `update work set lease_until = null, lease_owner = null
     where state = 'running' and lease_owner is not null and ${isNoMore('lease_owner')}`,
    [INSTANCE_LOCKS],
  );
  await database.query(`delete from hold where ${isNoMore('holder')}`, [INSTANCE_LOCKS]);
}

interface ClaimedRow {
  readonly id: string;
  readonly claim: number;
  readonly type: string;
  readonly envelope: Envelope;
  readonly memo: Json | null;
  readonly failures: number;
  readonly failing_since: Date | null;
}

export async function claimWork(database: Database, limit: number): Promise<readonly WorkRow[]> {
  if (limit <= 0) return [];
  const [rows] = await database.query<[ClaimedRow[], number]>(
    `update work set claim = claim + 1, lease_owner = $1, lease_until = now() + make_interval(secs => $2)
     where id in (select id from work where state = 'running' and next_at <= now() and (lease_until is null or lease_until < now())
                  order by next_at limit $3 for update skip locked)
     returning id, claim, type, envelope, memo, failures, failing_since`,
    [database.instance.name, LEASE_SECONDS, limit],
  );
  return rows.map(({ failing_since, ...row }) => ({ ...row, failingSince: failing_since }));
}

/** What other instances are at of these types: work in which this one may take part. */
export function heldByOthers(database: Database, types: readonly string[]): Promise<readonly WorkElsewhere[]> {
  return database.query<WorkElsewhere[]>(
    `select id, claim, type, envelope, memo from work
     where type = any($1) and state = 'running' and lease_until > now() and lease_owner <> $2`,
    [types, database.instance.name],
  );
}

/** Keeps a lease; `false` when it was lost, and the work with it. */
export async function renewLease(database: Database, { id, claim }: Claim): Promise<boolean> {
  const [rows] = await database.query<[unknown[], number]>(
    `update work set lease_until = now() + make_interval(secs => $3) where id = $1 and claim = $2 and state = 'running' returning id`,
    [id, claim, LEASE_SECONDS],
  );
  return rows.length > 0;
}

/** Holds the row until the transaction ends, so that nobody claims it meanwhile. Throws `work-claim-lost` when somebody has. */
export async function holdClaim(tx: EntityManager, { id, claim }: Claim): Promise<void> {
  const rows: unknown[] = await tx.query(
    `select 1 from work where id = $1 and claim = $2 and state = 'running' for update`,
    [id, claim],
  );
  if (rows.length === 0) throw claimLost(id);
}

/** Gives this instance's leases back, so that another goes on at once. */
export async function releaseLeases(database: Database): Promise<void> {
  await database.query(
    `update work set lease_until = null, lease_owner = null where lease_owner = $1 and state = 'running'`,
    [database.instance.name],
  );
}
