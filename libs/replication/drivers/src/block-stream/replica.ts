import type { Json } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import { inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { createVolume, findVolumes, giveUpBroken, removeVolumes } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';

export const AGAIN_MS = 1_000;
/** It was to go, but volumes made of its snapshots still stand. */
export const RETIRED = 'lifeboat_retired';

/** What a point is at the target, and what the next one builds on. Small plain JSON. */
export interface Replica {
  readonly volumeId: string;
  readonly snapshotId: string;
  /** Of the point, at the source. */
  readonly sourceSnapshotId: string;
  readonly root: string;
  /** How the root is made. */
  readonly algorithm: string;
  /** Of its hashes, base64: whoever knows it could make blocks that look unchanged. */
  readonly key: string;
}

export const asReplica = (value: Json): Replica => value as unknown as Replica;
export const asJson = (replica: Replica): Json => ({ ...replica });

/** One step towards the volume that stands for the disk: itself when it is there and large enough. Found by mark before it is made. */
export async function replicaVolume(
  point: PointOfDisk,
  sizeGiB: number,
  type: string | undefined,
  io: DriverIo,
): Promise<Volume | Outcome<never>> {
  const mark = io.markOfDisk('replica');
  const [volume, ...doubles] = await findVolumes(io.target, mark);
  if (!volume) {
    const name = `lifeboat replica of ${point.disk.name || point.disk.id}`.slice(0, 255);
    await createVolume(io.target, {
      name,
      size: sizeGiB,
      metadata: mark,
      ...(type !== undefined && { volume_type: type }),
    });
    return inProgress(null, AGAIN_MS, 0.01);
  }
  if (volume.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `The replica of "${point.disk.name}" cannot be made or extended`);
  if (volume.status === 'in-use') throw inUse(volume, io.target.site);
  if (volume.status !== 'available') return inProgress(null, AGAIN_MS, 0.02);
  if (!(await removeVolumes(io.target, doubles))) return inProgress(null, AGAIN_MS, 0.03);
  if (volume.metadata[RETIRED] !== undefined)
    await io.target.volume.delete(`/volumes/${volume.id}/metadata/${RETIRED}`);
  if (volume.size >= sizeGiB) return volume;
  await io.target.volume.post(`/volumes/${volume.id}/action`, { 'os-extend': { new_size: sizeGiB } });
  return inProgress(null, AGAIN_MS, 0.04);
}

const inUse = ({ id }: Volume, site: string) =>
  external(
    'replica-in-use',
    `Volume ${id} of ${site} stands for a disk and is attached to a server: it must not be written.`,
    {
      retry: 'yes',
      data: { site, volume: id },
      mend: 'Detach it. What its server wrote is mended by a thorough transfer.',
    },
  );
