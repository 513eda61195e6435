import { asLifeboatError, LifeboatError, unavailable } from '@lifeboat/kernel';
import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { EntityManager, EntityTarget, MixedList } from 'typeorm';
import { OutboxAndWork1790000000000 } from './outbox-and-work.migration.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** The service's own schema; nobody reads another's. */
  readonly schema: string;
  readonly entities: MixedList<EntityTarget<unknown> & (new () => unknown)>;
  readonly migrations: readonly (new () => object)[];
  readonly poolSize?: number;
}

const POOL = 5;
const RETRY_MS = 200;
const TRANSACTION_TRIES = 5;

/** The server went away under us, or asks for another try: nothing was committed that we know of. */
const AGAIN = new Set([
  '40001',
  '40P01',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08001',
  '08003',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** One service's schema. Outlives restarts of PostgreSQL; callers see `unavailable` while it is away. */
export class Database {
  /** `outbox` and `work`: something new may be there. In-process only; pollers are the safety net. */
  readonly wake = new EventEmitter();
  private readonly source: DataSource;
  private ready = false;

  constructor(private readonly options: DatabaseOptions) {
    this.wake.setMaxListeners(50);
    this.source = new DataSource({
      type: 'postgres',
      url: options.url,
      schema: options.schema,
      entities: options.entities as [],
      migrations: [OutboxAndWork1790000000000, ...options.migrations],
      uuidExtension: 'pgcrypto',
      installExtensions: false,
      migrationsTransactionMode: 'each',
      poolSize: options.poolSize ?? POOL,
      connectTimeoutMS: 3_000,
      logging: false,
      extra: {
        options: `-c search_path=${options.schema} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000`,
        keepAlive: true,
      },
      poolErrorHandler: () => undefined, // A broken idle connection is dropped by the pool; the next query says what matters.
    });
  }

  get connected(): boolean {
    return this.ready;
  }

  /** Connects, waiting for the server as long as it takes, and brings the schema up to date. Several instances may start at once. */
  async open(onWait: (thrown: unknown) => void): Promise<void> {
    for (;;) {
      try {
        if (!this.source.isInitialized) await this.source.initialize();
        await this.migrate();
        this.ready = true;
        return;
      } catch (thrown) {
        if (!passing(thrown)) throw thrown;
        onWait(thrown);
        await pause(RETRY_MS);
      }
    }
  }

  private async migrate(): Promise<void> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.query(`select pg_advisory_lock(hashtext($1))`, [`lifeboat-migrate-${this.options.schema}`]);
      await runner.query(`create schema if not exists "${this.options.schema}"`);
      await this.source.runMigrations({ transaction: 'each' });
    } finally {
      await runner
        .query(`select pg_advisory_unlock(hashtext($1))`, [`lifeboat-migrate-${this.options.schema}`])
        .catch(() => undefined);
      await runner.release();
    }
  }

  /** Runs `fn` in one transaction; tried again from the start when it was rolled back through no fault of its own, so `fn` has no other effects. */
  async transaction<T>(fn: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.source.transaction(fn);
      } catch (thrown) {
        if (!passing(thrown)) throw thrown;
        if (tries >= TRANSACTION_TRIES)
          throw unavailable('database-away', 'PostgreSQL does not answer.', { cause: thrown });
        await pause(RETRY_MS * tries);
      }
    }
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    try {
      return (await this.source.query(sql, [...parameters])) as T;
    } catch (thrown) {
      throw passing(thrown)
        ? unavailable('database-away', 'PostgreSQL does not answer.', { cause: thrown })
        : asLifeboatError(thrown);
    }
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

function passing(thrown: unknown): boolean {
  if (thrown instanceof LifeboatError) return false;
  const { code, driverError } = thrown as { code?: string; driverError?: { code?: string } };
  if (AGAIN.has(code ?? '') || AGAIN.has(driverError?.code ?? '')) return true;
  // pg reports a connection that broke under a query without a code.
  return (
    thrown instanceof Error &&
    /Connection terminated|connection timeout|Client has encountered a connection error|timeout exceeded when trying to connect/i.test(
      thrown.message,
    )
  );
}
