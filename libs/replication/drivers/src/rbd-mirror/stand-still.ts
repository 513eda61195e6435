import { unavailable } from '@lifeboat/kernel';
import type { DriverIo } from '@lifeboat/replication-driver-api';

/** A replayer that met an error begins again after 30 s, and one that just began has not reported yet. */
const STANDSTILL_MS = 75_000;

/** Since when mirroring has not gone on, for the memo; throws `unavailable` `rbd-mirror-stands-still` when that is long ago. `problem`: why it does not, if so. */
export function stillSince(
  problem: string | undefined,
  before: string | undefined,
  site: string,
  io: DriverIo,
): string | undefined {
  if (problem === undefined) return undefined;
  const since = before ?? io.now();
  if (Date.parse(io.now()) - Date.parse(since) < STANDSTILL_MS) return since;
  throw unavailable('rbd-mirror-stands-still', `Mirroring to ${site} does not go on: ${problem}.`, {
    mend: `Look whether rbd-mirror runs at ${site}, reaches the other cluster, and what it writes into its log.`,
  });
}
