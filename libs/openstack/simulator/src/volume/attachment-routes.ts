import type { Cloud } from '../cloud.ts';
import { get, ok, post, remove, type Call, type Route } from '../http/call.ts';
import { requiredObject, requiredText, textOf } from '../http/fields.ts';
import { conflict, notFound } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import { detach, findAttachment, reserveVolume } from './volume-attach.ts';
import { volumeOf } from './volume-policy.ts';
import type { Attachment, Volume } from './volume-state.ts';

interface Held {
  readonly volume: Volume;
  readonly attachment: Attachment;
}

const brief = ({ volume, attachment }: Held): Record<string, unknown> => ({
  id: attachment.id,
  status: attachment.status,
  instance: attachment.serverId,
  volume_id: volume.id,
});

const full = (held: Held): Record<string, unknown> => ({
  ...brief(held),
  attached_at: microsTime(held.attachment.at),
  detached_at: '',
  attach_mode: held.attachment.mode,
  connection_info: {
    driver_volume_type: 'rbd',
    name: `volumes/volume-${held.volume.id}`,
    volume_id: held.volume.id,
    access_mode: held.attachment.mode,
    attachment_id: held.attachment.id,
  },
});

function heldOf(cloud: Cloud, call: Call): Held {
  const held = findAttachment(cloud, call.params['id'] ?? '');
  if (held === undefined || (!call.who.isAdmin && held.volume.projectId !== call.who.projectId)) {
    throw notFound(`Volume attachment could not be found with filter: attachment_id = ${call.params['id']}.`);
  }
  return held;
}

function list(cloud: Cloud, call: Call): Held[] {
  const all = call.who.isAdmin && call.query.has('all_tenants');
  return [...cloud.volume.volumes]
    .filter((volume) => all || volume.projectId === call.who.projectId)
    .filter((volume) => !call.query.has('volume_id') || volume.id === call.query.get('volume_id'))
    .flatMap((volume) => volume.attachments.map((attachment) => ({ volume, attachment })))
    .filter(
      ({ attachment }) => !call.query.has('instance_id') || attachment.serverId === call.query.get('instance_id'),
    );
}

/** Volume attachments as resources (3.27 on). Only servers' attachments are played; a bare one stays reserved. */
export const attachmentRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/attachments';
  return [
    get(root, (call) => ok({ attachments: list(cloud, call).map(brief) })),
    get(`${root}/detail`, (call) => ok({ attachments: list(cloud, call).map(full) })),
    post(root, (call) => {
      const body = requiredObject(call.body, 'attachment');
      const volume = volumeOf(cloud, call.who, requiredText(body, 'volume_uuid'));
      return ok({
        attachment: full({
          volume,
          attachment: reserveVolume(volume, textOf(body, 'instance_uuid') ?? null, '/dev/vdb'),
        }),
      });
    }),
    get(`${root}/{id}`, (call) => ok({ attachment: full(heldOf(cloud, call)) })),
    remove(`${root}/{id}`, (call) => {
      const { volume, attachment } = heldOf(cloud, call);
      // Since the fix of CVE-2023-2088 only Nova may drop the attachment of a server's volume.
      if (attachment.status === 'attached' && attachment.serverId !== null) {
        throw conflict(
          `ConflictNovaUsingAttachment: Detach volume from instance ${attachment.serverId} using the Compute API`,
        );
      }
      detach(volume, attachment.id);
      return ok({ attachments: [] });
    }),
  ];
};
