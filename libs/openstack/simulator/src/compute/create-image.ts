import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { requiredText, textMapOf, type JsonObject } from '../http/fields.ts';
import { badRequest, forbidden } from '../http/refusal.ts';
import { makeImage } from '../image/image-create.ts';
import { storeImage } from '../image/image-data.ts';
import type { Image } from '../image/image-state.ts';
import { fillSnapshot, registerSnapshot } from '../volume/snapshot-routes.ts';
import type { Snapshot } from '../volume/volume-state.ts';
import { needState } from './compute-policy.ts';
import type { Server, VolumeDevice } from './compute-state.ts';

/** What Nova never copies from the image a server came from. */
const notInherited = [
  'cache_in_nova',
  'bittorrent',
  'img_signature_hash_method',
  'img_signature',
  'img_signature_key_type',
  'img_signature_certificate_uuid',
  'block_device_mapping',
  'bdm_v2',
  'root_device_name',
];

function baseProperties(cloud: Cloud, server: Server): Record<string, string> {
  const image = cloud.image.images.get(server.imageId);
  const root = server.volumes.find((one) => one.bootIndex === 0);
  const properties = image?.properties ?? cloud.volume.volumes.get(root?.volumeId)?.imageMetadata ?? {};
  const own = ['image_id', 'image_name', 'checksum', 'size', 'container_format', 'disk_format', 'min_disk', 'min_ram'];
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key]) => !notInherited.includes(key) && !own.includes(key) && !key.startsWith('os_glance'),
    ),
  );
}

/** What the libvirt driver settled on for a server made without saying; it goes onto every image of it. */
const machine = {
  hw_machine_type: 'pc',
  hw_cdrom_bus: 'ide',
  hw_disk_bus: 'virtio',
  hw_input_bus: 'usb',
  hw_pointer_model: 'usbtablet',
  hw_video_model: 'virtio',
  hw_vif_model: 'virtio',
};

/** What Nova puts on every image it makes of a server. */
function ownerRecord(call: Call, server: Server): Record<string, string> {
  return {
    boot_roles: [...call.who.roles].join(','),
    owner_user_name: call.who.userName,
    owner_project_name: call.who.projectName,
    base_image_ref: server.imageId,
  };
}

function rootRecord(call: Call, server: Server): Record<string, string> {
  return {
    instance_uuid: server.id,
    user_id: call.who.userId,
    image_type: 'snapshot',
    owner_id: server.projectId,
    image_location: 'snapshot',
    image_state: 'available',
  };
}

/** From `image_uploading` on the guest's writes are not of the image any more: its moment is the evidence's. */
async function copyRoot(cloud: Cloud, server: Server, image: Image): Promise<void> {
  let began = Date.now();
  const upload = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    began = Date.now();
    if (server.taskState === 'image_snapshot') server.taskState = 'image_uploading';
    await storeImage(cloud, image, bytes);
  };
  try {
    const root = cloud.disks.get('root', server.id);
    image.diskFormat = 'raw';
    image.containerFormat = 'bare';
    if (root !== undefined && cloud.image.images.has(image.id)) await root.exclusively(() => upload(root.passing()));
    // On Ceph the root is cloned into the image store, and nobody reads it for a digest.
    if (cloud.settings.glanceStore === 'rbd') Object.assign(image, { checksum: null, hashValue: null });
    await cloud.disks.testify(cloud.disks.get('image', image.id), 'server-root', server.id, began);
  } finally {
    if (server.taskState?.startsWith('image_')) server.taskState = null;
  }
}

function ofEphemeralRoot(cloud: Cloud, call: Call, server: Server, name: string, extra: Record<string, string>): Image {
  const base = cloud.image.images.get(server.imageId);
  const image = makeImage(
    cloud,
    {
      ...machine,
      ...baseProperties(cloud, server),
      ...ownerRecord(call, server),
      ...rootRecord(call, server),
      ...extra,
      name,
      visibility: 'private',
      min_disk: server.flavor.disk,
      min_ram: base?.minRam ?? 0,
    },
    call.who,
  );
  server.taskState = 'image_snapshot';
  cloud.jobs.later(() => copyRoot(cloud, server, image));
  return image;
}

function mappingOf(device: VolumeDevice, snapshotId: string, size: number, type: string | undefined): unknown {
  return {
    boot_index: device.bootIndex === 0 ? 0 : null,
    delete_on_termination: device.deleteOnTermination,
    destination_type: 'volume',
    device_name: device.device,
    device_type: 'disk',
    disk_bus: 'virtio',
    guest_format: null,
    image_id: null,
    no_device: null,
    snapshot_id: snapshotId,
    source_type: 'snapshot',
    tag: device.tag,
    volume_id: null,
    volume_size: size,
    volume_type: type ?? null,
    encrypted: null,
    encryption_secret_uuid: null,
    encryption_format: null,
    encryption_options: null,
  };
}

const digestsOfNothing = {
  checksum: createHash('md5').digest('hex'),
  hashValue: createHash('sha512').digest('hex'),
};

/** Nova freezes what it may, and says nothing where it cannot, unless the image of the server's root requires it. */
function quiesce(cloud: Cloud, server: Server, properties: Readonly<Record<string, string>>): boolean {
  if (server.vmState !== 'active') return false;
  const agent = isYes(properties['hw_qemu_guest_agent']);
  if (agent && cloud.guests.freeze(server)) return true;
  if (!isYes(properties['os_require_quiesce'])) return false;
  throw badRequest(
    `Quiescing is not supported in instance ${server.id}: ${agent ? 'the guest agent does not answer' : 'QEMU guest agent is not enabled'}`,
  );
}

const isYes = (text: string | undefined): boolean => /^(yes|true|on|1)$/i.test(text ?? '');

/** A bucket of properties without bytes: the data is in volume snapshots that stay behind. */
function ofVolumes(cloud: Cloud, call: Call, server: Server, name: string, extra: Record<string, string>): Image {
  const volumes = server.volumes.map((device) => ({ device, volume: cloud.volume.volumes.get(device.volumeId) }));
  const quota = cloud.volume.quotaOf(server.projectId).snapshots;
  const used = cloud.volume.snapshots.count((one) => one.projectId === server.projectId);
  if (quota >= 0 && used + volumes.length > quota) throw forbidden('Quota exceeded for resources: snapshots');
  const properties = baseProperties(cloud, server);
  const frozen = quiesce(cloud, server, properties);
  const snapshots: Snapshot[] = [];
  const mapping = volumes.flatMap(({ device, volume }) => {
    if (volume === undefined) return [];
    const snapshot = registerSnapshot(cloud, volume, call.who, {
      name: `snapshot for ${name}`,
      description: volume.description,
    });
    snapshots.push(snapshot);
    return [mappingOf(device, snapshot.id, volume.size, undefined)];
  });
  cloud.jobs.later(async () => {
    try {
      for (const snapshot of snapshots) await fillSnapshot(cloud, snapshot, snapshot.born);
    } finally {
      if (frozen) cloud.guests.thaw(server);
    }
  });
  const image = makeImage(
    cloud,
    {
      ...machine,
      ...properties,
      ...ownerRecord(call, server),
      ...extra,
      name,
      visibility: 'private',
      min_disk: 0,
      disk_format: 'qcow2',
      container_format: 'bare',
      root_device_name: '/dev/vda',
      block_device_mapping: JSON.stringify(mapping),
      bdm_v2: 'True',
    },
    call.who,
  );
  return Object.assign(image, { size: 0, status: 'active', ...digestsOfNothing });
}

/** createImage: the bytes of an ephemeral root, or for a volume-booted server a mapping to new snapshots. */
export function createImage(cloud: Cloud, call: Call, server: Server, body: JsonObject): Image {
  needState(server, 'createImage', ['active', 'stopped', 'paused', 'suspended']);
  const name = requiredText(body, 'name');
  const extra = textMapOf(body, 'metadata');
  return server.imageId === ''
    ? ofVolumes(cloud, call, server, name, extra)
    : ofEphemeralRoot(cloud, call, server, name, extra);
}
