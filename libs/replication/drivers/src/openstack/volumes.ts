import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears } from '@lifeboat/replication-driver-api';
import type { Copy, Disk, Mark } from '@lifeboat/replication-driver-api';
import { withRemembered } from './remembered.ts';

export interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: string;
  /** GiB. */
  readonly size: number;
  readonly volume_type: string | null;
  readonly bootable: string;
  readonly created_at: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** `server_id` is null where a host has it, and no server. */
  readonly attachments: readonly { readonly server_id: string | null; readonly attachment_id: string }[];
}

/** Oldest first: of what was made twice the oldest counts, wherever it is looked at. */
export const oldestFirst = <T extends { readonly created_at: string; readonly id: string }>(
  things: readonly T[],
): readonly T[] => things.toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id));

/** The project's volumes that bear the mark. Asked for by metadata, and looked at again: clouds may be configured to ignore that filter. */
export async function findVolumes(cloud: Cloud, mark: Mark, remembered?: string): Promise<readonly Volume[]> {
  const found: Volume[] = [];
  const query = { metadata: JSON.stringify(mark) };
  for await (const volume of cloud.volume.list<Volume>('/volumes/detail', 'volumes', { query }))
    if (bears(volume.metadata, mark)) found.push(volume);
  return withRemembered(oldestFirst(found), remembered, (id) => readVolume(cloud, id));
}

export const readVolume = async (cloud: Cloud, id: string): Promise<Volume> =>
  (await cloud.volume.get<{ volume: Volume }>(`/volumes/${id}`)).volume;

/** Answers its id, for the memo. */
export async function createVolume(cloud: Cloud, volume: Readonly<Record<string, unknown>>): Promise<string> {
  return (await cloud.volume.post<{ volume: { readonly id: string } }>('/volumes', { volume })).volume.id;
}

/** Adds to a volume's metadata. */
export const noteOn = (cloud: Cloud, { id }: Pick<Volume, 'id'>, metadata: Mark): Promise<unknown> =>
  cloud.volume.post(`/volumes/${id}/metadata`, { metadata });

/** The part of a create body that says where and as what a copy is to stand. */
export const placeOf = (disk: Disk, copy: Copy): Readonly<Record<string, unknown>> => ({
  name: copy.name,
  size: disk.sizeGiB,
  ...(copy.volumeType !== undefined && { volume_type: copy.volumeType }),
  ...(copy.availabilityZone !== undefined && { availability_zone: copy.availabilityZone }),
});

/** A volume made from an image, or restored into, is bootable or not by its history; the disk it stands for decides. */
export async function setBootable(cloud: Cloud, volume: Volume, disk: Disk): Promise<void> {
  if (volume.status !== 'available' || (volume.bootable === 'true') === disk.bootable) return;
  await cloud.volume.post(`/volumes/${volume.id}/action`, { 'os-set_bootable': { bootable: disk.bootable } });
}

/** Removes a volume that Cinder could not make, and says so: the next try makes a new one. */
export async function giveUpBroken(cloud: Cloud, volume: Volume, what: string): Promise<never> {
  await cloud.volume.delete(`/volumes/${volume.id}`);
  throw external(
    'volume-broken',
    `${what}: Cinder of ${cloud.site} left volume ${volume.id} in status "${volume.status}".`,
    {
      retry: 'yes',
      data: { site: cloud.site, volume: volume.id },
      mend: `Look for the volume's id in the logs of cinder-volume and cinder-scheduler of ${cloud.site}.`,
    },
  );
}

const BUSY =
  /^(creating|managing|downloading|uploading|detaching|attaching|reserved|restoring-backup|backing-up|deleting|maintenance)/;

/** Asks Cinder to delete what can be deleted. `true` when nothing is left. */
export async function removeVolumes(cloud: Cloud, volumes: readonly Volume[]): Promise<boolean> {
  for (const volume of volumes) {
    if (volume.status === 'in-use')
      throw external('volume-in-use', `Volume ${volume.id} of ${cloud.site} is attached and cannot be removed.`, {
        retry: 'yes',
        data: { site: cloud.site, volume: volume.id },
        mend: 'Detach it from its server, or remove the server, and try again.',
      });
    if (!BUSY.test(volume.status)) await cloud.volume.delete(`/volumes/${volume.id}`);
  }
  return volumes.length === 0;
}
