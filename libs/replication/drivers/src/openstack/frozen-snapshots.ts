import type { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { DriverIo, Mark, PointOfDisk } from '@lifeboat/replication-driver-api';
import { found } from './remembered.ts';

/** Of a property of an image, as Nova reads it. */
const isYes = (text: string | undefined): boolean => /^(yes|true|on|1)$/i.test(text ?? '');

interface AttachedVolume {
  readonly attachments: readonly { readonly server_id: string; readonly device: string }[];
  readonly volume_image_metadata?: Readonly<Record<string, string>>;
}

interface Server {
  readonly status: string;
  readonly image: unknown;
  readonly 'os-extended-volumes:volumes_attached'?: readonly { readonly id: string }[];
}

export interface Freezable {
  readonly serverId: string;
  /** Of all its volumes the one whose disk asks for all of them. */
  readonly leader: string;
}

/**
 * The server whose file systems Nova freezes for the disk's snapshot. It was booted from a volume, it runs, and the driver carries all of its volumes (the others
 * would be snapshotted too). Its image enables the guest's agent and requires the freeze: without that Nova goes on in silence where the agent does not answer, and nobody
 * knows what was achieved.
 */
export async function serverToFreeze(
  { disk, together = [disk] }: PointOfDisk,
  cloud: Cloud,
): Promise<Freezable | undefined> {
  if (disk.status !== 'in-use') return undefined;
  const read = async (id: string): Promise<AttachedVolume | undefined> =>
    (await found(cloud.volume.get<{ volume: AttachedVolume }>(`/volumes/${id}`)))?.volume;
  const own = await read(disk.id);
  const serverId = own?.attachments[0]?.server_id;
  if (serverId === undefined) return undefined;
  const server = (await found(cloud.compute.get<{ server: Server }>(`/servers/${serverId}`)))?.server;
  if (server?.status !== 'ACTIVE' || server.image) return undefined;
  const ids = (server['os-extended-volumes:volumes_attached'] ?? []).map(({ id }) => id).toSorted();
  const [leader] = ids;
  if (leader === undefined || !ids.every((id) => together.some((one) => one.id === id))) return undefined;
  const volumes = await Promise.all(ids.map(async (id) => (id === disk.id ? own : read(id))));
  const device = (volume: AttachedVolume | undefined): string => volume?.attachments[0]?.device ?? '~';
  const [root] = volumes.toSorted((a, b) => device(a).localeCompare(device(b)));
  const { hw_qemu_guest_agent: agent, os_require_quiesce: required } = root?.volume_image_metadata ?? {};
  return isYes(agent) && isYes(required) ? { serverId, leader } : undefined;
}

/** Nova names the snapshots after the image, and gives them nothing else of ours: so the name bears the mark, and the moment in which they were asked for, by our clock. */
const nameStart = ({ lifeboat_point: pointId = '' }: Mark): string => `lifeboat-point ${pointId} requested=`;

export const isFrozenFor = ({ name }: Named, pointMark: Mark): boolean =>
  (name ?? '').startsWith(`snapshot for ${nameStart(pointMark)}`);

export const frozenAt = ({ name }: Named): string | undefined =>
  /^snapshot for lifeboat-point .* requested=(\S+)$/.exec(name ?? '')?.[1];

interface Named {
  readonly name?: string | null;
}

/** Nova freezes, snapshots and thaws; its image, of no bytes, goes at once. `false` where it does not do it, whatever the reason: the point is taken without. */
export async function requestFrozen({ serverId }: Freezable, io: DriverIo): Promise<boolean> {
  const mark = io.markOfPoint('snapshot');
  const createImage = { name: `${nameStart(mark)}${io.now()}`, metadata: mark };
  const made = await io.source.compute.post(`/servers/${serverId}/action`, { createImage }).then(
    () => true,
    (thrown: LifeboatError) => {
      if (thrown.kind === 'unavailable' || thrown.kind === 'timeout') throw thrown;
      return false;
    },
  );
  await removeFreezeImages(io.source, mark);
  return made;
}

/** The images that Nova made beside the snapshots of a point. */
export async function removeFreezeImages(cloud: Cloud, { lifeboat_point: pointId = '' }: Mark): Promise<void> {
  const query = { lifeboat_point: pointId, lifeboat_purpose: 'snapshot' };
  for await (const image of cloud.image.list<{ id: string; name: string | null }>('/images', 'images', { query }))
    if (image.name?.startsWith('lifeboat-point ')) await cloud.image.delete(`/images/${image.id}`);
}
