import type { Json } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { Copy, Disk, DriverIo, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { removeRetired } from './images.ts';
import { createVolume, findVolumes, giveUpBroken, placeOf, removeVolumes, setBootable } from './volumes.ts';
import type { Volume } from './volumes.ts';

const AGAIN_MS = 1_000;

/** The `materialise` verb of drivers of whose points Cinder makes volumes by itself. `origin`: the part of the create body that says of what. */
export async function copyFrom(
  origin: { readonly snapshot_id: string } | { readonly imageRef: string },
  { disk }: PointOfDisk,
  copy: Copy,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const mark = io.mark('copy');
  const { volumeId } = (memo ?? {}) as { readonly volumeId?: string };
  const [volume, ...doubles] = await findVolumes(io.target, mark, volumeId);
  if (!volume) {
    const body = { ...placeOf(disk, copy), ...origin, metadata: mark };
    return inProgress({ volumeId: await createVolume(io.target, body) }, AGAIN_MS, 0.1);
  }
  if (volume.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `A copy of "${disk.name}" cannot be made`);
  return settledCopy(volume, doubles, disk, {}, io);
}

/** The last steps towards a copy that is being filled: whole, alone, and bootable where its disk is. `memo`: what else is to be remembered. */
export async function settledCopy(
  volume: Volume,
  doubles: readonly Volume[],
  disk: Disk,
  memo: { readonly [key: string]: Json },
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const again = (progress: number) => inProgress({ ...memo, volumeId: volume.id }, AGAIN_MS, progress);
  if (volume.status !== 'available' && volume.status !== 'in-use') return again(0.5);
  if (!(await removeVolumes(io.target, doubles))) return again(0.9);
  await setBootable(io.target, volume, disk);
  return done({ kind: 'volume', volumeId: volume.id });
}

/** The `release` verb of drivers whose copies are volumes. */
export async function releaseVolumes(point: PointOfDisk, io: DriverIo): Promise<Outcome<null>> {
  if (!(await removeVolumes(io.target, await findVolumes(io.target, io.mark('copy')))))
    return inProgress(null, AGAIN_MS);
  await removeRetired(io.target, point.disk.id);
  return done(null);
}
