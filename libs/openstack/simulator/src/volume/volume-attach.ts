import type { Cloud } from '../cloud.ts';
import { requestId, uuid } from '../state/identifiers.ts';
import { invalidVolume } from './volume-policy.ts';
import type { Attachment, Volume } from './volume-state.ts';

/** Claims a volume for a server; Nova does so while it handles the request, so that two requests cannot both have it. */
export function reserveVolume(volume: Volume, serverId: string | null, device: string, mode = 'rw'): Attachment {
  const free = volume.status === 'available' || (volume.multiattach && volume.status === 'in-use');
  if (!free)
    throw invalidVolume(
      `Invalid input received: Invalid volume: Volume ${volume.id} status must be available or downloading to reserve, but the current status is ${volume.status}. (HTTP 400) (Request-ID: ${requestId()})`,
    );
  const attachment: Attachment = { id: uuid(), serverId, device, mode, at: Date.now(), status: 'reserved' };
  volume.attachments.push(attachment);
  if (volume.status === 'available') volume.status = 'reserved';
  return attachment;
}

/** The storage lets the host in: what Cinder does once it has a connector. */
export function connectAttachment(
  volume: Volume,
  attachment: Attachment,
  connector: Readonly<Record<string, unknown>>,
): void {
  Object.assign(attachment, { status: 'attaching', connector, device: connector['mountpoint'] ?? 'na' });
  Object.assign(volume, { status: 'attaching', updated: Date.now() });
}

export function completeAttachment(volume: Volume, attachment: Attachment): void {
  attachment.status = 'attached';
  Object.assign(volume, { status: 'in-use', updated: Date.now() });
}

/** Lets go of a volume; quiet when it is not held. */
export function detach(volume: Volume, attachmentId: string): void {
  volume.attachments = volume.attachments.filter((one) => one.id !== attachmentId);
  if (volume.attachments.length === 0 && ['in-use', 'reserved', 'detaching', 'attaching'].includes(volume.status))
    volume.status = 'available';
  volume.updated = Date.now();
}

export function findAttachment(cloud: Cloud, id: string): { volume: Volume; attachment: Attachment } | undefined {
  for (const volume of cloud.volume.volumes) {
    const attachment = volume.attachments.find((one) => one.id === id);
    if (attachment !== undefined) return { volume, attachment };
  }
  return undefined;
}
