import type { Json } from '@lifeboat/kernel';
import { done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type {
  Disk,
  DriverIo,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SnapshotTaken,
  Transferred,
  SitePair,
  Support,
} from '@lifeboat/replication-driver-api';
import { copyFrom, releaseVolumes } from '../openstack/copies.ts';
import { copyRecipe } from '../openstack/recipes.ts';
import { findImages, removeImages, removeRetired, tagImage } from '../openstack/images.ts';
import { bootProperties, shipImage } from '../openstack/ship-image.ts';
import { idIn } from '../openstack/stored.ts';
import type { ShipMemo } from '../openstack/ship-image.ts';
import { takeSnapshot } from '../openstack/snapshots.ts';
import { imageQuotas, missing, volumeQuotas, volumeSupport } from '../openstack/support.ts';
import { exportSnapshot, findExport, removeExports, removeIntermediates } from './export-volume.ts';
import type { Made } from './export-volume.ts';

const AGAIN_MS = 1_000;

/** How far a transfer came; everything else is read from the clouds. */
type Memo = ShipMemo & Made;

/**
 * snapshot → temporary volume → image → the other Glance, then image → volume for each copy. All that a project member may do, and full copies.
 * At the primary nothing stays longer than it is read: volume and snapshot go before the bytes travel.
 */
export const imageTransfer: ReplicationDriver = replicationDriver({
  name: 'image-transfer',
  api: 1,
  summary: 'Full copies of volumes through both Glances, with a project member’s rights.',
  can: {
    consistency: 'crash-per-disk',
    carries: 'bytes',
    incremental: false,
    unplanned: true,
    rollback: 'copies',
    rights: 'member',
    leavesAtSource: [],
  },

  supports: (disk: Disk, sites: SitePair): Support => {
    const carried = volumeSupport(disk);
    return carried.ok ? (missing('volume', sites) ?? missing('image', sites) ?? carried) : carried;
  },
  needs: (disk, verb) =>
    verb === 'replicate'
      ? {
          source: {
            ...volumeQuotas(disk, { volumes: 1, snapshots: 1, gigabytes: 2 * disk.sizeGiB }),
            ...imageQuotas(disk),
          },
          target: imageQuotas(disk),
        }
      : { source: {}, target: volumeQuotas(disk, { volumes: 1, snapshots: 0, gigabytes: disk.sizeGiB }) },

  snapshot: takeSnapshot,
  transfer,
  // A volume made from the replica has that image's boot properties in its `volume_image_metadata`, and nothing of ours: the replica is marked by tags. The
  // image's own id and name, which Cinder adds, are replaced when the volume is given its captured looks.
  materialise: (point, replica, copy, memo, io) =>
    copyFrom({ imageRef: idIn('image-transfer', replica, 'imageId') }, point, copy, memo, io),
  recipe: (point, replica, copy, mark) =>
    copyRecipe({ imageRef: idIn('image-transfer', replica, 'imageId') }, point, copy, mark),
  whereabouts: (_disk, replica) => ({
    parts: [{ kind: 'image', id: idIn('image-transfer', replica, 'imageId') }],
    next: 'full',
    why: 'every point is a full copy',
  }),
  release: (point, _copy, _memo, io) => releaseVolumes(point, io),
  discard,
});

async function transfer(
  point: PointOfDisk,
  taken: SnapshotTaken,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const memo = (before ?? {}) as Memo;
  const snapshotId = idIn('image-transfer', taken.snapshot, 'snapshotId');
  const made = { ...memo, snapshotId };
  const image = await findExport(memo, io);
  if (image?.status === 'active') {
    await tagImage(io.source, image, io.mark('export'));
    if (!(await removeIntermediates(point, made, io))) return inProgress({ ...memo, imageId: image.id }, AGAIN_MS, 0.4);
  }
  const shipped = await shipImage(image, { ...looks(point.disk), ...(image && bootProperties(image)) }, memo, io);
  if (!shipped) return exportSnapshot(snapshotId, image, point, memo, io);
  if ('memo' in shipped)
    return inProgress({ ...memo, ...shipped.memo }, shipped.memo.waitingSince ? AGAIN_MS : 0, 0.95);
  const { id, os_hash_value: hash } = shipped.image;
  // What was asked for twice (a worker died, another went on) is only now safe to remove: this replica is whole.
  const clean = (await removeExports(memo, io)) && (await removeIntermediates(point, made, io));
  if (!clean) return inProgress({ ...memo, replicaId: id }, AGAIN_MS, 0.98);
  return done({ replica: { imageId: id, hash }, bytes: memo.bytes ?? 0 });
}

const looks = (disk: Disk) => ({
  name: `lifeboat replica of ${disk.name || disk.id}`.slice(0, 255),
  disk_format: 'raw',
  container_format: 'bare',
  min_disk: disk.sizeGiB,
});

async function discard(
  point: PointOfDisk,
  _replica: Json | undefined,
  { sourceLost }: { readonly sourceLost: boolean },
  _memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<null>> {
  await removeImages(io.target, await findImages(io.target, io.mark('replica')));
  await removeRetired(io.target, point.disk.id);
  if (sourceLost) return done(null);
  const clean = (await removeExports({}, io)) && (await removeIntermediates(point, {}, io));
  return clean ? done(null) : inProgress(null, AGAIN_MS);
}
