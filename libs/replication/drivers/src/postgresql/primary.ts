import { external, illegalState } from '@lifeboat/kernel';
import { z } from 'zod';
import { storedAs } from '../openstack/stored.ts';
import { askDatabase, askOne } from './ask-database.ts';
import type { Ask } from './ask-database.ts';
import type { DatabaseServer } from './postgresql-settings.ts';

/** A position in the write-ahead log, and whose log it is. */
const Position = z.object({ lsn: z.string().min(1), systemIdentifier: z.string().min(1) });

export type Position = z.infer<typeof Position>;
export const asPosition = storedAs('postgresql', Position);

const DUPLICATE_OBJECT = '42710';

async function refuseStandby(ask: Ask, { host, port }: DatabaseServer): Promise<void> {
  const { standby } = await askOne<{ standby: boolean }>(ask, 'select pg_is_in_recovery() as standby');
  if (standby)
    throw illegalState(
      'database-is-a-standby',
      `PostgreSQL at ${host}:${port} is a standby, and should be the primary.`,
      {
        mend: 'Look which of the two servers is to be the primary, and correct the group or the drivers file.',
      },
    );
}

/**
 * Behind everything that was committed before: a record of our own is written, since a mere "current position" may lie inside of a page's header, which no
 * standby ever reports. Its commit flushes the log; it does not wait for a synchronous standby, which may be away.
 */
export const takePosition = (server: DatabaseServer): Promise<Position> =>
  askDatabase(server, async (ask) => {
    await refuseStandby(ask, server);
    await ask('set synchronous_commit = local');
    return askOne<Position>(
      ask,
      `select pg_logical_emit_message(true, 'lifeboat', 'point')::text as lsn, system_identifier::text as "systemIdentifier" from pg_control_system()`,
    );
  });

/** Creates it where it is missing. `true` when a standby streams through it. Throws `external` `slot-lost`, retry no. */
export const checkSlot = (server: DatabaseServer, slot: string): Promise<boolean> =>
  askDatabase(server, async (ask) => {
    await refuseStandby(ask, server);
    const [found] = await ask<{ active: boolean; wal: string | null }>(
      `select active, wal_status as wal from pg_replication_slots where slot_name = $1`,
      [slot],
    );
    if (found?.wal === 'lost')
      throw external(
        'slot-lost',
        `The server at ${server.host}:${server.port} no longer has the log that slot "${slot}" needs.`,
        {
          retry: 'no',
          mend: `Make the standby anew (pg_basebackup), drop the slot and raise max_slot_wal_keep_size.`,
        },
      );
    if (found) return found.active;
    await ask('select pg_create_physical_replication_slot($1, true)', [slot]).catch((thrown: unknown) => {
      if ((thrown as { code?: string }).code !== DUPLICATE_OBJECT) throw thrown;
    });
    return false;
  });

/** How far it is, and whether a standby streams through the slot. */
export const readPrimary = (
  server: DatabaseServer,
  slot: string,
): Promise<{ readonly lsn: string; readonly streaming: boolean }> =>
  askDatabase(server, async (ask) => {
    await refuseStandby(ask, server);
    return askOne(
      ask,
      `select pg_current_wal_flush_lsn()::text as lsn, coalesce((select active from pg_replication_slots where slot_name = $1), false) as streaming`,
      [slot],
    );
  });

/**
 * From here on nobody writes but who insists on it: sessions are ended, new ones are read-only. Answers the position behind the last write. May be
 * called again. Needs a superuser.
 */
export const closePrimary = (server: DatabaseServer): Promise<Position> =>
  askDatabase(server, async (ask) => {
    await refuseStandby(ask, server);
    const { closed } = await askOne<{ closed: boolean }>(
      ask,
      `select setting = 'on' as closed from pg_settings where name = 'default_transaction_read_only'`,
    );
    if (!closed) {
      await ask('alter system set default_transaction_read_only = on');
      await ask('select pg_reload_conf()');
    }
    await ask(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> 'lifeboat'`,
    );
    await ask('set default_transaction_read_only = off');
    await ask('set synchronous_commit = local');
    return askOne<Position>(
      ask,
      `select pg_logical_emit_message(true, 'lifeboat', 'closed')::text as lsn, system_identifier::text as "systemIdentifier" from pg_control_system()`,
    );
  });
