import { deterministicId } from '@lifeboat/kernel';
import { inProgress, tagsOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { findImagesNamed, removeImages } from '../openstack/images.ts';
import type { Image } from '../openstack/images.ts';
import type { ShipMemo } from '../openstack/ship-image.ts';
import { removeSnapshots } from '../openstack/snapshots.ts';
import { createVolume, findVolumes, giveUpBroken, removeVolumes } from '../openstack/volumes.ts';

const AGAIN_MS = 1_000;

/** Cinder's upload takes no mark but the image's name, so the name is one: the same for every try, and nobody else's. */
export const imageName = (mark: Mark): string => `lifeboat-${deterministicId(...tagsOf(mark))}`;

/** What was made on the way, by the ids that its makers answered. */
export type Made = { readonly volumeId?: string; readonly imageId?: string };

export async function findExport(made: Made, io: DriverIo): Promise<Image | undefined> {
  const [image] = await findImagesNamed(io.source, imageName(io.mark('export')), made.imageId);
  return image;
}

/** One step from the snapshot to an `active` image at the source: a temporary volume (Cinder cannot upload a snapshot), and its upload. */
export async function exportSnapshot(
  snapshotId: string,
  image: Image | undefined,
  point: PointOfDisk,
  memo: Made & ShipMemo,
  io: DriverIo,
): Promise<Outcome<never>> {
  const mark = io.mark('temporary');
  const [volume] = await findVolumes(io.source, mark, memo.volumeId);
  if (!volume) {
    const { disk, pointId } = point;
    const body = { snapshot_id: snapshotId, size: disk.sizeGiB, name: `lifeboat ${pointId}`, metadata: mark };
    return inProgress({ ...memo, volumeId: await createVolume(io.source, body) }, AGAIN_MS, 0.05);
  }
  if (volume.status.startsWith('error'))
    return giveUpBroken(io.source, volume, `Volume ${point.disk.id} cannot be read from its snapshot`);
  if (volume.status !== 'available') return inProgress({ ...memo }, AGAIN_MS, 0.1);
  // Cinder sets the volume `uploading` before it makes the image and idle after it is whole: an unfinished image of an idle volume has failed.
  const now = image && (await findExport({ imageId: image.id }, io));
  if (now?.status === 'active') return inProgress({ ...memo }, 0, 0.3);
  if (now) await removeImages(io.source, [now]);
  return inProgress({ ...memo, imageId: await upload(volume.id, io) }, AGAIN_MS, 0.15);
}

async function upload(volumeId: string, io: DriverIo): Promise<string> {
  const answer = await io.source.volume.post<{ 'os-volume_upload_image': { readonly image_id: string } }>(
    `/volumes/${volumeId}/action`,
    {
      'os-volume_upload_image': {
        image_name: imageName(io.mark('export')),
        disk_format: 'raw',
        container_format: 'bare',
        visibility: 'private',
      },
    },
  );
  return answer['os-volume_upload_image'].image_id;
}

/**
 * One step of removing what stands between snapshot and image at the source, in the order that Ceph wants: a snapshot with a clone stays.
 * `true` when nothing is left.
 */
export async function removeIntermediates(
  point: PointOfDisk,
  made: Made & { readonly snapshotId?: string },
  io: DriverIo,
): Promise<boolean> {
  const volumes = await findVolumes(io.source, io.mark('temporary'), made.volumeId);
  if (!(await removeVolumes(io.source, volumes))) return false;
  return removeSnapshots(io.source, point.disk.id, io.mark('snapshot'), made.snapshotId);
}

/** All images of the name: an upload that was asked for twice made two. */
export async function removeExports(made: Made, io: DriverIo): Promise<boolean> {
  const images = await findImagesNamed(io.source, imageName(io.mark('export')), made.imageId);
  await removeImages(io.source, images);
  return images.length === 0;
}
