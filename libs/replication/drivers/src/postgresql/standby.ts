import { illegalState } from '@lifeboat/kernel';
import { askDatabase, askOne } from './ask-database.ts';
import type { Position } from './primary.ts';
import type { DatabaseServer } from './postgresql-settings.ts';

export interface Standby {
  /** False once it was promoted. */
  readonly standby: boolean;
  /** Replayed so far, or when it was promoted; nothing when it was started anew since. */
  readonly replayed: string | null;
  /** Of the newest transaction replayed, ISO 8601. */
  readonly replayedAt: string | null;
  readonly systemIdentifier: string;
}

export const readStandby = (server: DatabaseServer): Promise<Standby> =>
  askDatabase(server, async (ask) =>
    askOne<Standby>(
      ask,
      `select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as replayed,
         to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "replayedAt",
         system_identifier::text as "systemIdentifier" from pg_control_system()`,
    ),
  );

/** Throws `illegal-state` `standby-was-promoted`, `standby-of-another`. */
export function checkStandby(
  { standby, systemIdentifier }: Standby,
  of: Pick<Position, 'systemIdentifier'>,
  { host, port }: DatabaseServer,
): void {
  const where = `PostgreSQL at ${host}:${port}`;
  if (!standby)
    throw illegalState('standby-was-promoted', `${where} is not a standby: it was promoted, or never was one.`, {
      mend: 'Make it a standby of the primary: by pg_rewind when it was promoted, else by pg_basebackup.',
    });
  if (systemIdentifier !== of.systemIdentifier)
    throw illegalState('standby-of-another', `${where} is the standby of another database cluster than the primary.`, {
      mend: 'Make it anew from the primary, by pg_basebackup.',
    });
}

/** A log position as a number: its bytes from the beginning. */
export function bytesOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

export const hasReached = ({ replayed }: Pick<Standby, 'replayed'>, lsn: string): boolean =>
  replayed !== null && bytesOf(replayed) >= bytesOf(lsn);

/** Asks for it, and does not wait. What a former planned failover closed is opened again: it stands in the standby's own settings when it was a primary. */
export const promoteStandby = (server: DatabaseServer): Promise<void> =>
  askDatabase(server, async (ask) => {
    await ask('select pg_promote(false)');
  });

export const openForWrites = (server: DatabaseServer): Promise<void> =>
  askDatabase(server, async (ask) => {
    const { closed } = await askOne<{ closed: boolean }>(
      ask,
      `select setting = 'on' as closed from pg_settings where name = 'default_transaction_read_only'`,
    );
    if (!closed) return;
    await ask('alter system reset default_transaction_read_only');
    await ask('select pg_reload_conf()');
  });
