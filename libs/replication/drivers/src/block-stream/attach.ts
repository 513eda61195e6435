import type { LifeboatError } from '@lifeboat/kernel';
import { external, illegalState } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { noteOn, readVolume } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';

/** Whose hands a volume is to be in, by our doing: a server's id or a host's name. Said on the volume before it is attached. */
export const READER = 'lifeboat_reader';

/** An attached volume, for who opens it. */
export interface Attached {
  /** `connection_info`. May hold a password: not for memos, messages or logs. */
  readonly attachment?: Readonly<Record<string, unknown>>;
}

/** Whom a cloud attaches volumes to, so that the worker there can open them. */
export interface Reader {
  readonly name: string;
  /** Asks for a volume that is available. */
  attach(volume: Volume, cloud: Cloud): Promise<void>;
  /** Of one that was asked for: the attachment when it stands, else one step more towards it. */
  attached(volume: Volume, cloud: Cloud): Promise<Attached | undefined>;
}

interface Attachment {
  readonly id: string;
  readonly volume_id: string;
  readonly status: string;
  /** Of Nova; none of a host's. */
  readonly instance: string | null;
}

/** It is attached, or on its way to or from that. */
export const isHeld = ({ status }: Volume): boolean =>
  /^(in-use|reserved|attaching|detaching|error_attaching|error_detaching)$/.test(status);

/** We had it attached, and nobody else has. A server that `READER` does not tell of is somebody's who attached what stands for a disk. */
export const isOurs = ({ attachments, metadata }: Volume): boolean =>
  metadata[READER] !== undefined &&
  attachments.every(({ server_id: server }) => server === null || server === metadata[READER]);

/** One step towards a volume of ours in the reader's hands; `undefined`: ask again. */
export async function hold(reader: Reader, volume: Volume, cloud: Cloud): Promise<Attached | undefined> {
  if (volume.metadata[READER] !== reader.name) {
    if (await letGo(volume, cloud)) await noteOn(cloud, volume, { [READER]: reader.name });
    return undefined;
  }
  if (volume.status.startsWith('error_')) return void (await letGo(volume, cloud));
  if (volume.status === 'in-use' || isHeld(volume)) return reader.attached(volume, cloud);
  await unlessMoved(volume, cloud, () => reader.attach(volume, cloud));
  return undefined;
}

/** One step towards a volume that nobody has; `true` when that is so. Only for volumes that bear our mark. */
export async function letGo(volume: Volume, cloud: Cloud): Promise<boolean> {
  if (!isHeld(volume)) return true;
  for (const { id, instance } of await attachmentsOf(volume, cloud))
    if (!instance) await cloud.volume.delete(`/attachments/${id}`);
    else if (volume.status === 'in-use')
      await unlessMoved(volume, cloud, () => detachByNova(instance, id, volume, cloud));
    else if (volume.status.startsWith('error_')) throw stuck(volume, cloud.site);
  return false;
}

/** The same for what stands for a disk: what others attached is theirs. */
export const letGoOfOurs = async (volume: Volume, cloud: Cloud): Promise<boolean> =>
  isOurs(volume) ? letGo(volume, cloud) : true;

export async function attachmentsOf({ id }: Volume, cloud: Cloud): Promise<readonly Attachment[]> {
  if (!(await cloud.volume.supports('3.44')))
    throw illegalState('cinder-without-attachments', `Cinder of ${cloud.site} does not speak microversion 3.44.`, {
      mend: 'Volumes can be attached to a worker from the Queens release on; carry these by another driver.',
    });
  const found: Attachment[] = [];
  for await (const one of cloud.volume.list<Attachment>('/attachments', 'attachments', { query: { volume_id: id } }))
    // Clouds may be configured to ignore that filter.
    if (one.volume_id === id) found.push(one);
  return found;
}

async function detachByNova(serverId: string, attachmentId: string, { id }: Volume, cloud: Cloud): Promise<void> {
  const known = await cloud.compute.delete(`/servers/${serverId}/os-volume_attachments/${id}`);
  // The server is gone, or Nova has forgotten: what Cinder still has is all that is left of it.
  if (!known) await cloud.volume.delete(`/attachments/${attachmentId}`);
}

/** What a cloud refuses because somebody was faster, or the server is busy, is no reason to give up. */
async function unlessMoved(volume: Volume, cloud: Cloud, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (thrown) {
    const refused = thrown as LifeboatError;
    if (refused.kind !== 'conflict' && refused.code !== 'openstack-rejected') throw thrown;
    if ((await readVolume(cloud, volume.id)).status !== volume.status) return;
    const why = `Volume ${volume.id} cannot be attached or detached now: ${refused.message}`;
    throw external('volume-not-moved', why, {
      retry: 'yes',
      data: { site: cloud.site, volume: volume.id },
      mend: 'Look at the server that it is for, or attached to: it may be locked, or be at something else.',
      cause: thrown,
    });
  }
}

const stuck = ({ id, status }: Volume, site: string) =>
  external('volume-stuck', `Volume ${id} of ${site} is in status "${status}".`, {
    retry: 'yes',
    data: { site, volume: id },
    mend: 'Detach it from its server, or have an administrator reset its state.',
  });
