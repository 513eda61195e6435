import type { Cloud } from '../cloud.ts';
import { accepted, type Answer, type Call } from '../http/call.ts';
import { flagOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { storeImage } from '../image/image-data.ts';
import { makeImage } from '../image/image-create.ts';
import type { Image } from '../image/image-state.ts';
import { microsTime } from '../state/identifiers.ts';
import { invalidVolume, needAdmin } from './volume-policy.ts';
import type { Volume } from './volume-state.ts';

/** Cinder puts what it kept of the volume's image onto the new one, except what is the image's own. */
const own = ['image_id', 'image_name', 'checksum', 'size', 'container_format', 'disk_format', 'min_disk', 'min_ram'];

function newImage(cloud: Cloud, call: Call, volume: Volume, body: JsonObject): Image {
  const kept = Object.fromEntries(
    Object.entries(volume.imageMetadata ?? {}).filter(([key]) => !own.includes(key) && !key.startsWith('os_glance')),
  );
  const visibility = call.minor >= 1 ? (textOf(body, 'visibility') ?? 'private') : 'shared';
  if (visibility === 'public') needAdmin(call, 'volume_extension:volume_actions:upload_public');
  return makeImage(
    cloud,
    {
      ...kept,
      name: requiredText(body, 'image_name'),
      container_format: textOf(body, 'container_format') ?? 'bare',
      disk_format: textOf(body, 'disk_format') ?? 'raw',
      visibility,
      protected: call.minor >= 1 && flagOf(body, 'protected') === true,
      ...(volume.imageMetadata?.['min_disk'] !== undefined && { min_disk: Number(volume.imageMetadata['min_disk']) }),
      ...(volume.imageMetadata?.['min_ram'] !== undefined && { min_ram: Number(volume.imageMetadata['min_ram']) }),
    },
    call.who,
  );
}

async function copyBytes(cloud: Cloud, volume: Volume, image: Image, before: string): Promise<void> {
  try {
    const disk = cloud.disks.get('volume', volume.id);
    if (disk !== undefined) await disk.exclusively(() => storeImage(cloud, image, disk.passing()));
  } finally {
    Object.assign(volume, { status: before, updated: Date.now() });
  }
}

/**
 * os-volume_upload_image: the volume is `uploading` until its bytes are in Glance. `force` is ignored, as Cinder ignores it unless
 * `enable_force_upload` is set: a volume in use cannot be uploaded.
 */
export function uploadToImage(cloud: Cloud, call: Call, volume: Volume, body: JsonObject): Answer {
  if (volume.status !== 'available') throw invalidVolume(`Volume ${volume.id} status must be available`);
  const image = newImage(cloud, call, volume, body);
  const before = volume.status;
  volume.status = 'uploading';
  cloud.jobs.later(() => copyBytes(cloud, volume, image, before));
  const type = cloud.volume.types.get(volume.typeId);
  return accepted({
    'os-volume_upload_image': {
      id: volume.id,
      updated_at: microsTime(volume.updated),
      status: 'uploading',
      display_description: volume.description,
      size: volume.size,
      volume_type: type && {
        id: type.id,
        name: type.name,
        is_public: type.isPublic,
        extra_specs: type.extraSpecs,
        qos_specs_id: null,
        deleted: false,
      },
      image_id: image.id,
      container_format: image.containerFormat,
      disk_format: image.diskFormat,
      image_name: image.name,
      ...(call.minor >= 1 && { protected: image.protected, visibility: image.visibility }),
    },
  });
}
