import type { Lag } from '@lifeboat/replication-driver-api';
import type { DatabaseServer } from './postgresql-settings.ts';
import { readPrimary } from './primary.ts';
import { bytesOf, readStandby } from './standby.ts';
import type { Standby } from './standby.ts';

/** Pure. Without a difference the standby is not behind, however long nobody has written. */
export function lagOf(
  primary: { readonly lsn: string; readonly streaming: boolean },
  { standby, replayed, replayedAt }: Standby,
  slot: string,
  now: string,
): Lag {
  if (!standby) return { healthy: false, problem: 'the server at the recovery site is no standby: it was promoted' };
  const behind = replayed === null ? undefined : bytesOf(primary.lsn) - bytesOf(replayed);
  const bytes = behind === undefined ? undefined : Number(behind > 0n ? behind : 0n);
  const age = replayedAt === null ? undefined : Math.max(0, (Date.parse(now) - Date.parse(replayedAt)) / 1_000);
  const seconds = bytes === 0 ? 0 : age;
  return {
    healthy: primary.streaming,
    ...(bytes !== undefined && { bytes }),
    ...(seconds !== undefined && { seconds }),
    ...(!primary.streaming && { problem: `no standby streams through slot "${slot}" of the primary` }),
  };
}

/** The standby is read first: a primary that goes on meanwhile makes the lag too large, never too small. */
export async function readLag(source: DatabaseServer, target: DatabaseServer, slot: string, now: string): Promise<Lag> {
  const standby = await readStandby(target);
  return lagOf(await readPrimary(source, slot), standby, slot, now);
}
