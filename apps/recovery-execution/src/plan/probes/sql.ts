import { asLifeboatError, invalidInput } from '@lifeboat/kernel';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { PlansFile } from '../plans-file.ts';
import type { Tried } from './probe.ts';

type Database = PlansFile['databases'][string];

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalidInput('plan-database-unreadable', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  });

/** Passes when the query's first value is neither null, false nor 0. */
export async function trySql(
  host: string,
  { port, database, user, passwordFile, caFile, query }: Database,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Tried> {
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    ...(passwordFile !== undefined && { password: (await read(passwordFile)).trim() }),
    ...(caFile !== undefined && { ssl: { ca: await read(caFile) } }),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
  });
  // A connection that breaks is told by whatever waits for it.
  client.on('error', () => undefined);
  const stop = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' });
    const [value] = rows[0] ?? [];
    return {
      passed: Boolean(value),
      said: rows.length === 0 ? 'the query found nothing' : `the query says ${String(value)}`,
    };
  } catch (thrown) {
    return { passed: false, said: asLifeboatError(thrown).message };
  } finally {
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}
