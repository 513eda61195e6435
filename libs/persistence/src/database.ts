import { asLifeboatError, unavailable } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { EntityManager, EntityTarget, MixedList, QueryRunner } from 'typeorm';
import { CommitMarks1790000000120 } from './commit-marks.migration.ts';
import { Holds1790000000130 } from './holds.migration.ts';
import { Instance } from './instance.ts';
import { OutboxAndWork1790000000000 } from './outbox-and-work.migration.ts';
import { passing } from './passing.ts';
import { SteadyClient } from './steady-client.ts';
import { Wake } from './wake.ts';
import { WorkCancel1790000000110 } from './work-cancel.migration.ts';
import { WorkClaims1790000000100 } from './work-claims.migration.ts';

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
const OUTCOME_TRIES = 30;
const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_IN_TRANSACTION_MS = 60_000;

/** One service's schema. Outlives restarts of PostgreSQL; callers see `unavailable` while it is away. */
export class Database {
  /** Something new may be there, for the loops of this process. */
  readonly wake = new Wake();
  readonly instance: Instance;
  private readonly source: DataSource;
  private ready = false;

  constructor(private readonly options: DatabaseOptions) {
    this.instance = new Instance(options.url, options.schema);
    this.source = new DataSource({
      type: 'postgres',
      url: options.url,
      schema: options.schema,
      entities: options.entities as [],
      migrations: [
        OutboxAndWork1790000000000,
        WorkClaims1790000000100,
        WorkCancel1790000000110,
        CommitMarks1790000000120,
        Holds1790000000130,
        ...options.migrations,
      ],
      uuidExtension: 'pgcrypto',
      installExtensions: false,
      migrationsTransactionMode: 'each',
      poolSize: options.poolSize ?? POOL,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      logging: false,
      extra: {
        options: `-c search_path=${options.schema} -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
        application_name: `lifeboat ${options.schema}`,
        keepAlive: true,
        Client: SteadyClient,
        // The server's time-out says nothing when the server, or the way to it, is gone without a word.
        query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
      },
      poolErrorHandler: () => undefined, // A broken idle connection is dropped by the pool; the next query says what matters.
    });
  }

  /** Whether the last thing asked of PostgreSQL was answered. */
  get connected(): boolean {
    return this.ready;
  }

  /**
   * Connects, waiting for the server as long as it takes (or until aborted), and brings the schema up to date. Several instances may start at once.
   */
  async open(onWait: (thrown: unknown) => void, signal?: AbortSignal): Promise<void> {
    for (;;) {
      try {
        if (!this.source.isInitialized) await this.source.initialize();
        await this.migrate(signal);
        await this.instance.announce();
        this.ready = true;
        return;
      } catch (thrown) {
        if (!passing(thrown) || signal?.aborted) throw thrown;
        onWait(thrown);
        await pause(RETRY_MS, undefined, { signal });
      }
    }
  }

  private async migrate(signal: AbortSignal | undefined): Promise<void> {
    const runner = this.source.createQueryRunner();
    const lock = [`lifeboat-migrate-${this.options.schema}`];
    try {
      // Asked for again and again: waiting inside the statement would run into its time-out behind a long migration.
      for (;;) {
        const [row]: { held: boolean }[] = await runner.query(
          `select pg_try_advisory_lock(hashtext($1)) as held`,
          lock,
        );
        if (row?.held) break;
        await pause(RETRY_MS, undefined, { signal });
      }
      await runner.query(`create schema if not exists "${this.options.schema}"`);
      await this.source.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query(`select pg_advisory_unlock(hashtext($1))`, lock).catch(() => undefined);
      await runner.release();
    }
  }

  /** Runs `fn` in one transaction; tried again from the start when it was rolled back through no fault of its own, so `fn` has no other effects. */
  async transaction<T>(fn: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(fn);
      } catch (thrown) {
        if (!passing(thrown)) throw thrown;
        this.ready = false;
        if (tries >= TRANSACTION_TRIES) throw away(thrown);
        await pause(RETRY_MS * tries);
      }
    }
  }

  private async once<T>(fn: (tx: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    let committing: { readonly marked: Marked | undefined; readonly result: T } | undefined;
    try {
      await runner.startTransaction();
      const result = await fn(runner.manager);
      committing = { marked: await mark(runner), result };
      await runner.commitTransaction();
      this.ready = true;
      return result;
    } catch (thrown) {
      await runner.rollbackTransaction().catch(() => undefined); // What broke the connection has rolled back already.
      if (committing?.marked && passing(thrown) && (await this.wasCommitted(committing.marked)))
        return committing.result;
      throw thrown;
    } finally {
      await runner.release();
    }
  }

  /** The connection broke under COMMIT: only the server knows whether it still got through. Doing it again without asking would do it twice. */
  private async wasCommitted({ xid, id }: Marked): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        // The mark, not the number, says that it was ours: a crash gives numbers that never reached the disk to others. It is
        // looked for after the number is known to be done with, in a statement of its own: the snapshot of the same one is older
        // than a commit that comes between the two, and would say that nothing was done.
        const [state]: { open: boolean }[] = await this.source.query(
          `select pg_xact_status($1::xid8) is not distinct from 'in progress' as open`,
          [xid],
        );
        if (!state?.open) {
          const marks: unknown[] = await this.source.query(`select from commit_mark where id = $1`, [id]);
          return marks.length > 0;
        }
      } catch (thrown) {
        if (neverAssigned(thrown)) return false;
        if (!passing(thrown) || tries >= OUTCOME_TRIES) throw away(thrown);
      }
      if (tries >= OUTCOME_TRIES) throw away(new Error(`transaction ${xid} neither commits nor ends`));
      await pause(RETRY_MS);
    }
  }

  async query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    try {
      const answer = (await this.source.query(sql, [...parameters])) as T;
      this.ready = true;
      return answer;
    } catch (thrown) {
      if (!passing(thrown)) throw asLifeboatError(thrown);
      this.ready = false;
      throw away(thrown);
    }
  }

  async close(): Promise<void> {
    await this.instance.close();
    if (this.source.isInitialized) await this.source.destroy();
  }
}

/** What PostgreSQL says of a transaction's number that it has not given to anybody: all of it was lost in a crash. */
const neverAssigned = (thrown: unknown): boolean =>
  /transaction ID \d+ is in the future/.test((thrown as Partial<Error>).message ?? '');

interface Marked {
  readonly xid: string;
  readonly id: string;
}

/** The last statement of a transaction that has written something; of others there is nothing to know. */
async function mark(runner: QueryRunner): Promise<Marked | undefined> {
  const id = randomUUID();
  const [row]: { xid: string }[] = await runner.query(
    `insert into commit_mark (id) select $1 where pg_current_xact_id_if_assigned() is not null returning pg_current_xact_id()::text as xid`,
    [id],
  );
  return row && { xid: row.xid, id };
}

const away = (cause: unknown) =>
  unavailable('database-away', 'PostgreSQL does not answer.', {
    mend: 'Work goes on by itself when it is back; look whether it runs, and at LIFEBOAT_DATABASE_URL.',
    cause,
  });
