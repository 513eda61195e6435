import { unavailable } from '@lifeboat/kernel';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.ts';
import { LEASE_RENEW_MS, LEASE_SECONDS } from './work-claims.ts';

/** Thrown where something is to be stored for a key that is not held any more. */
const holdLost = (scope: string, key: string) =>
  unavailable('hold-lost', `${key} of ${scope} is in another hand by now.`);

/**
 * Keys of a scope that whoever works there shares out with others, in this process or another: each is in one hand at a time, by a lease as that of work. What is
 * stored for a key can be fenced: who lost it stores nothing any more.
 */
export class Holds {
  private readonly holder: string;
  private readonly keys = new Set<string>();
  private readonly losing = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly scope: string,
  ) {
    this.holder = `${database.instance.name}:${randomUUID()}`;
    this.timer = setInterval(() => void this.renew().catch(() => undefined), LEASE_RENEW_MS); // While PostgreSQL is away nobody else can take them either.
  }

  /** Aborted when something that was held may be in another hand by now. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** `undefined` while another has it; else what `within` answers in the same transaction. Where that throws nothing is taken. */
  async take<T extends object>(key: string, within: (tx: EntityManager) => Promise<T>): Promise<T | undefined> {
    const taken = await this.database.transaction(async (tx) => {
      const rows: unknown[] = await tx.query(
        `insert into hold (scope, key, holder, held_until) values ($1, $2, $3, now() + make_interval(secs => $4))
         on conflict (scope, key) do update set holder = excluded.holder, held_until = excluded.held_until
           where hold.held_until < now()
         returning 1`,
        [this.scope, key, this.holder, LEASE_SECONDS],
      );
      return rows.length > 0 ? within(tx) : undefined;
    });
    if (taken !== undefined) this.keys.add(key);
    return taken;
  }

  /** Until the transaction ends nobody takes it. Throws `unavailable` `hold-lost` where somebody has. */
  async keep(tx: EntityManager, key: string): Promise<void> {
    const rows: unknown[] = await tx.query(
      `select 1 from hold where scope = $1 and key = $2 and holder = $3 for update`,
      [this.scope, key, this.holder],
    );
    if (rows.length === 0) throw holdLost(this.scope, key);
  }

  async release(key: string): Promise<void> {
    this.keys.delete(key);
    await this.database.query(`delete from hold where scope = $1 and key = $2 and holder = $3`, [
      this.scope,
      key,
      this.holder,
    ]);
  }

  /** Gives back whatever is held. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.keys.clear();
    await this.database.query(`delete from hold where scope = $1 and holder = $2`, [this.scope, this.holder]);
  }

  private async renew(): Promise<void> {
    const before = [...this.keys];
    if (before.length === 0) return;
    const [rows] = await this.database.query<[{ key: string }[], number]>(
      `update hold set held_until = now() + make_interval(secs => $3) where scope = $1 and holder = $2 returning key`,
      [this.scope, this.holder, LEASE_SECONDS],
    );
    const kept = new Set(rows.map(({ key }) => key));
    // What was given back meanwhile is not lost.
    if (before.some((key) => this.keys.has(key) && !kept.has(key))) this.losing.abort();
  }
}

/** Whether anybody may still be at something there. */
export async function isHeld(tx: EntityManager, scope: string): Promise<boolean> {
  const held: unknown[] = await tx.query(`select 1 from hold where scope = $1 and held_until > now() limit 1`, [scope]);
  return held.length > 0;
}
