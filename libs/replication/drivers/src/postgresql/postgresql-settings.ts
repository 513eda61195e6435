import { invalidInput } from '@lifeboat/kernel';
import type { Disk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';

/** A PostgreSQL server, as the workers reach it. */
export const DatabaseServer = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(5_432),
  /** May execute pg_promote and the replication functions, and read the statistics: a superuser, or granted these. */
  user: z.string().min(1),
  /** A file whose content, without blanks around it, is the password. Without it the server must not ask for one. */
  passwordFile: z.string().min(1).optional(),
  database: z.string().min(1).default('postgres'),
  /** Of the authority that signed the server's certificate; with it the connection is encrypted and the server's name checked. */
  caFile: z.string().min(1).optional(),
});
export type DatabaseServer = z.infer<typeof DatabaseServer>;

const Database = z.strictObject({
  /** By site, since the roles change: what is the standby today is the primary after a failover. */
  servers: z.record(z.string().min(1), DatabaseServer),
  /** The physical replication slot through which the standby streams. */
  slot: z.string().regex(/^[a-z0-9_]{1,63}$/, 'lower-case letters, digits and "_"'),
  /** Makes the old primary a standby of the promoted one; run by the worker of the old primary's site, without a shell. */
  rewind: z
    .strictObject({
      command: z.tuple([z.string().startsWith('/')], z.string()),
      timeoutSeconds: z.number().min(1).max(86_400).default(600),
    })
    .optional(),
});
export type Database = z.infer<typeof Database>;

/** `drivers.postgresql` of the drivers file. */
export const PostgresqlSettings = z.strictObject({ databases: z.record(z.string().min(1), Database) });
export type PostgresqlSettings = z.infer<typeof PostgresqlSettings>;

/** As the policy's rule says, else as the volume itself does. */
export const databaseName = ({ named, metadata }: Disk): string | undefined => named ?? metadata?.['lifeboat_database'];

/** Throws `invalid-input` `database-unknown`. */
export function databaseOf(settings: PostgresqlSettings | undefined, disk: Disk): Database & { readonly name: string } {
  const name = databaseName(disk);
  const database = name === undefined ? undefined : settings?.databases[name];
  if (name !== undefined && database) return { name, ...database };
  throw invalidInput('database-unknown', `The drivers file of this worker has no database "${name ?? ''}".`, {
    mend: 'Give it to drivers.postgresql.databases in the file that LIFEBOAT_DRIVERS_FILE names, the same at every worker.',
  });
}

/** Throws `invalid-input` `database-server-unknown`. */
export function serverAt({ name, servers }: Database & { readonly name: string }, site: string): DatabaseServer {
  const server = servers[site];
  if (server) return server;
  throw invalidInput('database-server-unknown', `Database "${name}" has no server at ${site} in the drivers file.`, {
    mend: `Give it to drivers.postgresql.databases.${name}.servers.${site}.`,
  });
}
