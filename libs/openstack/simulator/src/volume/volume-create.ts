import type { Cloud } from '../cloud.ts';
import type { SparseDisk } from '../bytes/sparse-disk.ts';
import { numberOf, objectOf, textMapOf, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { mayRead } from '../image/image-policy.ts';
import type { Image } from '../image/image-state.ts';
import type { Caller } from '../http/call.ts';
import { uuid } from '../state/identifiers.ts';
import { backupOf, invalidBackup, invalidSnapshot, invalidVolume, snapshotOf, volumeOf } from './volume-policy.ts';
import { reserve } from './volume-quota.ts';
import { typeNamed } from './type-lookup.ts';
import type { Backup, Snapshot, Volume } from './volume-state.ts';
import { restoreInto } from './backup-restore.ts';

interface Source {
  readonly snapshot?: Snapshot;
  readonly volume?: Volume;
  readonly image?: Image;
  readonly backup?: Backup;
}

function imageFor(cloud: Cloud, who: Caller, id: string): Image {
  const image = cloud.image.images.get(id) ?? cloud.image.images.find((one) => one.name === id);
  if (image === undefined || !mayRead(image, who))
    throw badRequest(`Invalid image identifier or unable to access requested image.`);
  if (image.status !== 'active') throw badRequest(`Invalid input received: Image ${image.id} is not active.`);
  return image;
}

function sourceOf(cloud: Cloud, who: Caller, body: JsonObject): Source {
  const snapshotId = textOf(body, 'snapshot_id');
  const sourceId = textOf(body, 'source_volid');
  const imageId = textOf(body, 'imageRef') ?? textOf(body, 'image_id');
  const backupId = textOf(body, 'backup_id');
  if (snapshotId !== undefined) {
    const snapshot = snapshotOf(cloud, who, snapshotId);
    if (snapshot.status !== 'available' && snapshot.status !== 'backing-up')
      throw invalidSnapshot(`Originating snapshot status must be one of 'available' values`);
    return { snapshot };
  }
  if (sourceId !== undefined) {
    const volume = volumeOf(cloud, who, sourceId);
    if (volume.status !== 'available' && volume.status !== 'in-use')
      throw invalidVolume(`Unable to create a clone from volume in status ${volume.status}`);
    return { volume };
  }
  if (backupId !== undefined) {
    const backup = backupOf(cloud, who, backupId);
    if (backup.status !== 'available') throw invalidBackup('Backup status must be available');
    return { backup };
  }
  return imageId === undefined ? {} : { image: imageFor(cloud, who, imageId) };
}

const gibOf = (cloud: Cloud, bytes: number): number => Math.ceil(bytes / cloud.settings.gibBytes);

function sizeOf(cloud: Cloud, body: JsonObject, source: Source): number {
  const asked = numberOf(body, 'size');
  const size = asked ?? source.snapshot?.size ?? source.volume?.size ?? source.backup?.size;
  if (size === undefined || !Number.isInteger(size) || size <= 0) {
    throw badSize(body['size']);
  }
  if (source.snapshot !== undefined && size < source.snapshot.size)
    throw badRequest(
      `Invalid input received: Volume size ${size}GB cannot be smaller than the snapshot size ${source.snapshot.size}GB. They must be >= original snapshot size.`,
    );
  if (source.volume !== undefined && size < source.volume.size)
    throw badRequest(
      `Invalid input received: Volume size '${size}'GB cannot be smaller than original volume size  ${source.volume.size}GB. They must be >= original volume size.`,
    );
  if (source.image !== undefined) checkImageFits(cloud, source.image, size);
  return size;
}

function badSize(given: unknown): Error {
  if (given === undefined || given === null)
    return badRequest(
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
    );
  if (typeof given === 'number' && Number.isInteger(given))
    return badRequest(
      `Invalid input for field/attribute size. Value: ${given}. ${given} is less than the minimum of 1`,
    );
  return badRequest(
    `Invalid input for field/attribute size. Value: ${String(given)}. ${String(given)} is not of type 'integer', 'string', 'null'`,
  );
}

function checkImageFits(cloud: Cloud, image: Image, size: number): void {
  const needed = gibOf(cloud, image.size ?? 0);
  if (needed > size)
    throw badRequest(
      `Invalid input received: Size of specified image ${needed}GB is larger than volume size ${size}GB.`,
    );
  if (image.minDisk > size)
    throw badRequest(
      `Invalid input received: Volume size ${size}GB cannot be smaller than the image minDisk size ${image.minDisk}GB.`,
    );
}

/** What Cinder copies of an image onto a volume made from it. */
export const imageMetadataOf = (image: Image): Record<string, string> => ({
  ...image.properties,
  image_id: image.id,
  image_name: image.name ?? '',
  checksum: image.checksum ?? '',
  size: String(image.size ?? 0),
  container_format: image.containerFormat ?? '',
  disk_format: image.diskFormat ?? '',
  min_disk: String(image.minDisk),
  min_ram: String(image.minRam),
});

function describe(cloud: Cloud, who: Caller, body: JsonObject, source: Source, size: number): Volume {
  const now = Date.now();
  const inherited = source.volume ?? source.snapshot;
  const type = typeNamed(cloud, who, textOf(body, 'volume_type') ?? inherited?.typeId);
  const zone = textOf(body, 'availability_zone') ?? 'nova';
  if (zone !== 'nova') throw badRequest(`Availability zone '${zone}' is invalid.`);
  const imageMetadata = source.image === undefined ? inherited?.imageMetadata : imageMetadataOf(source.image);
  return {
    id: uuid(),
    born: now,
    updated: now,
    projectId: who.projectId,
    userId: who.userId,
    name: textOf(body, 'name') ?? textOf(body, 'display_name') ?? null,
    description: textOf(body, 'description') ?? textOf(body, 'display_description') ?? null,
    status: 'creating',
    previousStatus: undefined,
    size,
    zone,
    typeId: type.id,
    snapshotId: source.snapshot?.id ?? null,
    sourceVolumeId: source.volume?.id ?? null,
    metadata: textMapOf(body, 'metadata'),
    bootable: imageMetadata !== undefined,
    multiattach: type.extraSpecs['multiattach'] === '<is> True',
    imageMetadata: imageMetadata && { ...imageMetadata },
    attachments: [],
    groupId: null,
    clonedImageId: source.image?.diskFormat === 'raw' ? source.image.id : undefined,
    fault: undefined,
  };
}

function sourceDisk(cloud: Cloud, source: Source): SparseDisk | undefined {
  if (source.snapshot !== undefined) return cloud.disks.get('snapshot', source.snapshot.id);
  if (source.volume !== undefined) return cloud.disks.get('volume', source.volume.id);
  return source.image === undefined ? undefined : cloud.disks.get('image', source.image.id);
}

async function build(cloud: Cloud, volume: Volume, source: Source): Promise<void> {
  try {
    const from = sourceDisk(cloud, source);
    const bytes = volume.size * cloud.settings.gibBytes;
    if (from === undefined) await cloud.disks.make('volume', volume.id, bytes);
    else await cloud.disks.copy(from, 'volume', volume.id, bytes);
    if (source.backup !== undefined) await restoreInto(cloud, source.backup, volume);
    volume.status = 'available';
  } catch (error) {
    volume.status = 'error';
    volume.fault = String(error);
  }
  volume.updated = Date.now();
}

/** Checked and counted; nobody has made its bytes. */
export function makeVolumeOf(cloud: Cloud, who: Caller, body: JsonObject, source: Source = {}): Volume {
  const volume = describe(cloud, who, body, source, sizeOf(cloud, body, source));
  reserve(cloud, who.projectId, 'volumes', volume.size);
  return cloud.volume.volumes.add(volume);
}

/** POST /volumes: checked and counted at once, built afterwards. */
export function createVolume(cloud: Cloud, who: Caller, body: JsonObject): Volume {
  const source = sourceOf(cloud, who, body);
  const volume = makeVolumeOf(cloud, who, body, source);
  const { promise, resolve } = Promise.withResolvers<void>();
  building.set(volume, promise);
  cloud.jobs.later(() => build(cloud, volume, source).finally(resolve));
  return volume;
}

const building = new WeakMap<Volume, Promise<void>>();

/** Until the volume is no longer `creating`. */
export const whenBuilt = async (volume: Volume): Promise<void> => building.get(volume);

export const requestedVolume = (body: JsonObject): JsonObject => {
  if (body['volume'] === undefined) throw badRequest("'volume' is a required property");
  return objectOf(body, 'volume');
};
