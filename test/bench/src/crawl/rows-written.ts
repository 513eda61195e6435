import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';

/** PostgreSQL's backends tell of what they did within ten seconds of being idle. */
const TOLD_MS = 11_000;

export type Written = Readonly<Record<string, number>>;

/** Rows that were ever inserted, changed or deleted in each table of a schema. */
export async function writtenSoFar(db: pg.Pool, schema: string): Promise<Written> {
  await pause(TOLD_MS);
  const { rows } = await db.query<{ name: string; n: string }>(
    `select relname as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables where schemaname = $1`,
    [schema],
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));
}

export const between = (before: Written, after: Written): Written =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, n]) => [name, n - (before[name] ?? 0)] as const)
      .filter(([, n]) => n > 0),
  );

/** Written while time passes, whether anything is crawled or not: who is alive, when the last crawl was, that a transaction was committed. */
const CLOCKWORK = ['watch', 'commit_mark', 'watched_group'];

/** What says something of the site: versions, spans, gaps, dirty flags, members; and `outbox`, by which every event leaves. */
export const contentOf = (written: Written): Written =>
  Object.fromEntries(Object.entries(written).filter(([table]) => !CLOCKWORK.includes(table)));
