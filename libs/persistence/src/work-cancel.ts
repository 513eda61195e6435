import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import type { Claim } from './work-claims.ts';

/** Data that a work's message bears: `{ pointId: 'pnt-1' }`. */
export type WorkMatch = Readonly<Record<string, string>>;

/**
 * Ends the works of this type whose message bears `match`, whoever holds them: nothing they still do is stored, they have no answer, and a repeat of
 * their message is not worked on. The holder is told when it next renews its lease. May be called twice.
 */
export async function cancelWork(tx: EntityManager, type: string, match: WorkMatch): Promise<void> {
  await tx.query(
    `update work set state = 'cancelled', memo = null, updated_at = now()
     where type = $1 and state = 'running' and envelope->'data' @> $2::jsonb`,
    [type, JSON.stringify(match)],
  );
}

/** Whether somebody may still be at a work that was cancelled: until it let go, or its lease is over. */
export async function stillHeld(tx: EntityManager, type: string, match: WorkMatch): Promise<boolean> {
  const held: unknown[] = await tx.query(
    `select 1 from work where type = $1 and state = 'cancelled' and envelope->'data' @> $2::jsonb and lease_until > now() limit 1`,
    [type, JSON.stringify(match)],
  );
  return held.length > 0;
}

/** The holder of a cancelled work is done with it. Quiet for any other. */
export async function letGo(database: Database, { id, claim }: Claim): Promise<void> {
  await database.query(
    `update work set lease_until = null, lease_owner = null where id = $1 and claim = $2 and state = 'cancelled'`,
    [id, claim],
  );
}
