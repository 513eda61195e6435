import { external, forbidden, invalidInput, LifeboatError, unavailable } from '@lifeboat/kernel';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { DatabaseServer } from './postgresql-settings.ts';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;

/** Asks for rows. */
export type Ask = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

const readSecretly = async (file: string, server: DatabaseServer): Promise<string> =>
  (
    await readFile(file, 'utf8').catch((cause: unknown) => {
      throw invalidInput('database-secret-unreadable', `For ${said(server)}: ${(cause as Error).message}`, {
        mend: 'Correct passwordFile or caFile in the drivers file, or the rights of that file.',
        cause,
      });
    })
  ).trim();

const said = ({ host, port }: DatabaseServer): string => `PostgreSQL at ${host}:${port}`;

async function connect(server: DatabaseServer): Promise<pg.Client> {
  const { host, port, user, database, passwordFile, caFile } = server;
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    application_name: 'lifeboat',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS,
    ...(passwordFile !== undefined && { password: await readSecretly(passwordFile, server) }),
    ...(caFile !== undefined && { ssl: { ca: await readSecretly(caFile, server), servername: host } }),
  });
  // A server that goes away between two questions is met at the next.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Classes 08, 53, 57 and 58: the connection, resources, an operator's hand, the system. */
const PASSES = /^(08|53|57|58)/;

function failure(server: DatabaseServer, thrown: unknown): LifeboatError {
  if (thrown instanceof LifeboatError) return thrown;
  const { code = '', message } = thrown as { readonly code?: string; readonly message: string };
  const what = `${said(server)}: ${message}`;
  if (code.startsWith('28'))
    return forbidden('database-refuses', what, { mend: 'Correct user and passwordFile in the drivers file.' });
  if (code === '42501')
    return forbidden('database-right-missing', what, {
      mend: `Give the role ${server.user} that right, as the how-to says.`,
    });
  if (!/^[0-9A-Z]{5}$/.test(code) || PASSES.test(code))
    return unavailable('database-not-reached', what, { cause: thrown });
  return external('database-failed', what, { retry: 'no', cause: thrown });
}

/** One short connection. Throws `unavailable` `database-not-reached`, `forbidden` `database-refuses` and `database-right-missing`, `external` `database-failed`. */
export async function askDatabase<T>(server: DatabaseServer, run: (ask: Ask) => Promise<T>): Promise<T> {
  let client: pg.Client | undefined;
  try {
    client = await connect(server);
    const open = client;
    return await run(async <Row>(sql: string, values: readonly unknown[] = []) => {
      const { rows } = await open.query(sql, [...values]);
      return rows as readonly Row[];
    });
  } catch (thrown) {
    throw failure(server, thrown);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** The only row of an answer. */
export async function askOne<Row>(ask: Ask, sql: string, values?: readonly unknown[]): Promise<Row> {
  const [row] = await ask<Row>(sql, values);
  if (row) return row;
  throw external('database-failed', `PostgreSQL answered no row to: ${sql}`, { retry: 'no' });
}
