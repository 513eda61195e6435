import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cloud } from '../cloud.ts';
import type { Server } from './compute-state.ts';

/** Virtio carries no more of a serial. */
const SERIAL = 20;

/**
 * What programs in a server's guest see of its volumes: `<dataDir>/guests/<server id>/virtio-<first 20 characters of the volume's id>`, as udev's
 * `/dev/disk/by-id`. Only with `guestDevices`; with `sharedDisks` too where the program writes.
 */
const folderOf = ({ settings }: Cloud, serverId: string): string => join(settings.dataDir, 'guests', serverId);
const linkOf = (cloud: Cloud, serverId: string, volumeId: string): string =>
  join(folderOf(cloud, serverId), `virtio-${volumeId.slice(0, SERIAL)}`);

/** The guest's udev needs a moment after Nova is done. */
export function showDevice(cloud: Cloud, server: Server, volumeId: string): void {
  if (!cloud.settings.guestDevices) return;
  cloud.jobs.later(async () => {
    const disk = cloud.disks.get('volume', volumeId);
    const held = cloud.volume.volumes.get(volumeId)?.status === 'in-use';
    if (disk === undefined || !held || !server.volumes.some((one) => one.volumeId === volumeId)) return;
    await mkdir(folderOf(cloud, server.id), { recursive: true });
    await rm(linkOf(cloud, server.id, volumeId), { force: true });
    await symlink(disk.path, linkOf(cloud, server.id, volumeId));
  });
}

export async function hideDevice(cloud: Cloud, server: Server, volumeId: string): Promise<void> {
  if (cloud.settings.guestDevices) await rm(linkOf(cloud, server.id, volumeId), { force: true });
}

/** The server is gone, and its guest with it. */
export async function forgetDevices(cloud: Cloud, server: Server): Promise<void> {
  if (cloud.settings.guestDevices) await rm(folderOf(cloud, server.id), { recursive: true, force: true });
}
