import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { removeRetired } from './images.ts';
import { findVolumes, removeVolumes } from './volumes.ts';

const AGAIN_MS = 1_000;

/** The `release` verb of drivers whose copies are volumes. */
export async function releaseVolumes(point: PointOfDisk, io: DriverIo): Promise<Outcome<null>> {
  if (!(await removeVolumes(io.target, await findVolumes(io.target, io.mark('copy')))))
    return inProgress(null, AGAIN_MS);
  await removeRetired(io.target, point.disk.id);
  return done(null);
}
