import type { Json } from '@lifeboat/kernel';
import { external, invalidInput } from '@lifeboat/kernel';
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
import { findImages, removeImages, removeRetired } from '../openstack/images.ts';
import type { Image } from '../openstack/images.ts';
import { bootProperties, shipImage } from '../openstack/ship-image.ts';
import { idIn } from '../openstack/stored.ts';
import type { ShipMemo } from '../openstack/ship-image.ts';
import { imageQuotas, missing, no, yes } from '../openstack/support.ts';
import { findServerImages, isTaken, REQUESTED_AT, requestServerImage, serverOf } from './server-image.ts';

const AGAIN_MS = 1_000;

/** Nova's image of the ephemeral root → the other Glance. A run boots from the replica itself: Nova copies it, nothing writes to it. */
export const serverSnapshot: ReplicationDriver = replicationDriver({
  name: 'server-snapshot',
  api: 1,
  summary: 'The root disk of an image-booted server, as an image that Nova makes of it.',
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
    if (disk.kind !== 'server-root') return no('it carries root disks of servers, and this is a Cinder volume');
    if (disk.encrypted)
      return no('the root disk is encrypted: its key would have to stand in the Barbican of the target');
    if (
      /^(error|deleted|soft_deleted|build|rescue|shelved_offloaded|verify_resize|resize|migrating)$/i.test(disk.status)
    )
      return no(`the server is in status "${disk.status}", in which Nova makes no image of it`);
    return missing('compute', sites) ?? missing('image', sites) ?? yes;
  },
  needs: (disk, verb) =>
    verb === 'replicate' ? { source: imageQuotas(disk), target: imageQuotas(disk) } : { source: {}, target: {} },

  snapshot,
  transfer,
  async materialise(_point, replica) {
    return done({ kind: 'image', imageId: idIn('server-snapshot', replica, 'imageId') });
  },
  recipe: (_point, replica) => ({
    calls: [],
    gives: { kind: 'image', imageId: idIn('server-snapshot', replica, 'imageId') },
  }),
  whereabouts: (_disk, replica) => ({
    parts: [{ kind: 'image', id: idIn('server-snapshot', replica, 'imageId') }],
    next: 'full',
    why: 'every point is a full copy',
  }),

  /** Runs are given no copies; what a server of the run kept from being removed may go now. */
  async release(point, _copy, _memo, io) {
    await removeRetired(io.target, point.disk.id);
    return done(null);
  },
  discard,
});

async function snapshot(point: PointOfDisk, memo: Json | undefined, io: DriverIo): Promise<Outcome<SnapshotTaken>> {
  const { imageId } = (memo ?? {}) as { readonly imageId?: string };
  const server = await serverOf(point, io);
  const [image] = await findServerImages(imageId, io);
  if (image && (image.status === 'active' || isTaken(server))) {
    const requestedAt = image[REQUESTED_AT];
    return done({
      requestedAt: typeof requestedAt === 'string' ? requestedAt : io.now(),
      completedAt: io.now(),
      snapshot: { imageId: image.id },
    });
  }
  const id = image?.id ?? (await requestServerImage(point, io));
  return inProgress(id === undefined ? null : { imageId: id }, AGAIN_MS);
}

async function transfer(
  point: PointOfDisk,
  taken: SnapshotTaken,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const memo = (before ?? {}) as ShipMemo;
  const images = await findServerImages(idIn('server-snapshot', taken.snapshot, 'imageId'), io);
  const [image] = images;
  const shipped = await shipImage(image, image ? looks(point, image) : {}, memo, io);
  if (!shipped && !image)
    throw external(
      'server-image-gone',
      `Nova of ${io.source.site} could not finish its image of server "${point.disk.name}".`,
      {
        retry: 'no',
        mend: `Look for the server's id (${point.disk.id}) in the log of nova-compute of ${io.source.site}.`,
      },
    );
  if (!shipped) return inProgress({ ...memo }, AGAIN_MS, 0.2);
  if ('memo' in shipped)
    return inProgress({ ...memo, ...shipped.memo }, shipped.memo.waitingSince ? AGAIN_MS : 0, 0.95);
  await removeImages(io.source, images);
  const { id, os_hash_value: hash } = shipped.image;
  if (images.length > 0) return inProgress({ ...memo, replicaId: id }, 0, 0.98);
  return done({ replica: { imageId: id, hash }, bytes: memo.bytes ?? 0 });
}

/** What decides how a server boots from it. `kernel_id` and `ramdisk_id` name images of the source cloud. */
function looks({ disk }: PointOfDisk, image: Image): Readonly<Record<string, unknown>> {
  if (image['kernel_id'] || image['ramdisk_id'])
    throw invalidInput(
      'image-needs-kernel',
      `The root of server "${disk.name}" boots with a kernel image of its own, which is not carried.`,
      { mend: 'Let the policy start such servers from their image.' },
    );
  return {
    ...bootProperties(image),
    name: `lifeboat replica of ${disk.name || disk.id}`.slice(0, 255),
    disk_format: image.disk_format ?? 'raw',
    container_format: image.container_format ?? 'bare',
    min_disk: image.min_disk,
    min_ram: image.min_ram,
  };
}

async function discard(
  point: PointOfDisk,
  _replica: Json | undefined,
  { sourceLost }: { readonly sourceLost: boolean },
  _memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<null>> {
  await removeImages(io.target, await findImages(io.target, io.mark('replica')));
  await removeRetired(io.target, point.disk.id);
  if (!sourceLost) await removeImages(io.source, await findServerImages(undefined, io));
  return done(null);
}
