import type { Json } from '@lifeboat/kernel';
import type { DriverIo, Lag, PointOfDisk } from '@lifeboat/replication-driver-api';
import { CephImage } from './ceph-image.ts';
import { isMirrored, standstill } from './mirror-state.ts';
import type { MirrorStatus } from './mirror-state.ts';
import { asReplica, volumeImage } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';

/** Asks the target alone. How many bytes are outstanding only a diff at the source would tell, which is not for a short look. */
export async function lagOf(
  settings: RbdMirrorSettings | undefined,
  { disk }: PointOfDisk,
  replica: Json | undefined,
  io: DriverIo,
): Promise<Lag> {
  const name = replica === undefined ? volumeImage(disk.id) : asReplica(replica).image;
  const image = new CephImage(poolOf(settings, io.target.site), name, io.signal);
  if (!isMirrored(await image.info()))
    return { healthy: false, problem: `${image.spec()} is not mirrored to ${image.site}.` };
  return lagIn(await image.status(), image.site, Date.parse(io.now()));
}

/** By the moment of the newest complete mirror snapshot, as rbd-mirror last reported it: every half minute, or when something changed. */
export function lagIn(status: MirrorStatus, site: string, nowMs: number): Lag {
  const problem = standstill(status, site);
  const newest = status.replay.local_snapshot_timestamp;
  return {
    healthy: problem === undefined,
    ...(newest !== undefined && { seconds: Math.max(0, Math.round(nowMs / 1_000 - newest)) }),
    ...(problem !== undefined && { problem: `Mirroring to ${site} does not go on: ${problem}.` }),
  };
}
