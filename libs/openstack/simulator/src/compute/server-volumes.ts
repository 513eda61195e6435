import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';
import { completeAttachment, detach, reserveVolume } from '../volume/volume-attach.ts';
import { createVolume, whenBuilt } from '../volume/volume-create.ts';
import { deleteVolume } from '../volume/volume-delete.ts';
import type { Volume } from '../volume/volume-state.ts';
import type { Server, VolumeDevice } from './compute-state.ts';
import { showDevice } from './guest-devices.ts';
import type { DeviceWish } from './server-request.ts';

export const nextDevice = (server: Pick<Server, 'volumes'>, rootIsLocal: boolean): string => {
  const used = new Set(server.volumes.map((one) => one.device));
  if (rootIsLocal) used.add('/dev/vda');
  return (
    'abcdefghijklmnopqrstuvwxyz'
      .split('')
      .map((letter) => `/dev/vd${letter}`)
      .find((device) => !used.has(device)) ?? '/dev/vdz'
  );
};

function existing(cloud: Cloud, call: Call, id: string | undefined): Volume {
  const volume = cloud.volume.volumes.get(id);
  if (volume === undefined || (!call.who.isAdmin && volume.projectId !== call.who.projectId))
    throw badRequest(`Block Device Mapping is Invalid: failed to get volume ${id}.`);
  return volume;
}

/** Claims a volume that is there already; a boot volume must be bootable. */
export function claim(cloud: Cloud, call: Call, server: Server, wish: DeviceWish): VolumeDevice {
  const volume = existing(cloud, call, wish.id);
  if (wish.bootIndex === 0 && !volume.bootable) throw badRequest(`Block Device ${volume.id} is not bootable.`);
  const rootIsLocal = server.imageId !== '';
  const device = nextDevice(server, rootIsLocal);
  const attachment = reserveVolume(volume, server.id, device);
  return {
    volumeId: volume.id,
    attachmentId: attachment.id,
    bdmId: uuid(),
    device,
    bootIndex: wish.bootIndex,
    deleteOnTermination: wish.deleteOnTermination,
    tag: wish.tag,
  };
}

function sourceBody(wish: DeviceWish): Record<string, string> {
  if (wish.source === 'image') return { imageRef: wish.id ?? '' };
  return wish.source === 'snapshot' ? { snapshot_id: wish.id ?? '' } : {};
}

/** Makes a volume for a device that names an image, a snapshot or nothing; Nova does so while the server builds. */
export async function provide(cloud: Cloud, call: Call, server: Server, wish: DeviceWish): Promise<VolumeDevice> {
  const volume = createVolume(cloud, call.who, {
    ...sourceBody(wish),
    ...(wish.size !== undefined && { size: wish.size }),
    name: '',
    description: '',
    ...(wish.volumeType !== undefined && { volume_type: wish.volumeType }),
  });
  await whenBuilt(volume);
  if (volume.status !== 'available')
    throw new Refusal(500, `Build of instance ${server.id} aborted: Volume ${volume.id} did not finish being created.`);
  return claim(cloud, call, server, { ...wish, source: 'volume', id: volume.id });
}

export function finishAttachments(cloud: Cloud, server: Server): void {
  for (const device of server.volumes) {
    const volume = cloud.volume.volumes.get(device.volumeId);
    const attachment = volume?.attachments.find((one) => one.id === device.attachmentId);
    if (volume === undefined || attachment === undefined) continue;
    completeAttachment(volume, attachment);
    showDevice(cloud, server, volume.id);
  }
}

/** Detaches all, and deletes those that were asked to go with the server. */
export function letGoOfVolumes(cloud: Cloud, server: Server): void {
  for (const device of server.volumes) {
    const volume = cloud.volume.volumes.get(device.volumeId);
    if (volume === undefined) continue;
    detach(volume, device.attachmentId);
    if (device.deleteOnTermination) {
      try {
        deleteVolume(cloud, volume);
      } catch (error) {
        // Nova logs it and goes on: a volume with snapshots stays behind.
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
  server.volumes = [];
}
