import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { requiredObject, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest, conflict, notFound, Refusal } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import { completeAttachment, connectAttachment, detach, findAttachment, reserveVolume } from './volume-attach.ts';
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

/** What a server's hypervisor is told; what a host is told that is reached by its connector; nobody yet. */
function connectionOf(cloud: Cloud, { volume, attachment }: Held): Record<string, unknown> {
  const of = { volume_id: volume.id, access_mode: attachment.mode, attachment_id: attachment.id };
  if (attachment.connector !== undefined)
    return {
      driver_volume_type: 'local',
      device_path: cloud.disks.get('volume', volume.id)?.path,
      // As for iSCSI: whoever is told of it has to keep it to himself.
      auth_method: 'CHAP',
      auth_username: volume.id,
      auth_password: `chap-${attachment.id}`,
      ...of,
    };
  if (attachment.serverId === null) return {};
  return { driver_volume_type: 'rbd', name: `volumes/volume-${volume.id}`, ...of };
}

const full = (cloud: Cloud, held: Held): Record<string, unknown> => ({
  ...brief(held),
  attached_at: microsTime(held.attachment.at),
  detached_at: '',
  attach_mode: held.attachment.mode,
  connection_info: connectionOf(cloud, held),
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

function connectorIn(body: JsonObject): JsonObject | undefined {
  if (body['connector'] === undefined || body['connector'] === null) return undefined;
  const connector = requiredObject(body, 'connector');
  if (textOf(connector, 'host') === undefined)
    throw new Refusal(500, 'Unable to create attachment for volume (Connector has no host).');
  return connector;
}

function create(cloud: Cloud, call: Call): Held {
  const body = requiredObject(call.body, 'attachment');
  const volume = volumeOf(cloud, call.who, requiredText(body, 'volume_uuid'));
  const connector = connectorIn(body);
  const attachment = reserveVolume(volume, textOf(body, 'instance_uuid') ?? null, '/dev/vdb');
  if (connector !== undefined) connectAttachment(volume, attachment, connector);
  return { volume, attachment };
}

function update(cloud: Cloud, call: Call): Held {
  const held = heldOf(cloud, call);
  const connector = connectorIn(requiredObject(call.body, 'attachment'));
  if (connector === undefined) throw badRequest("Must specify 'connector' to update attachment.");
  connectAttachment(held.volume, held.attachment, connector);
  return held;
}

/** The host has the device: the volume is in use from now on (3.44). */
function complete(cloud: Cloud, call: Call): Answer {
  if (call.minor < 44 || !('os-complete' in call.body)) throw notFound('The resource could not be found.');
  const { volume, attachment } = heldOf(cloud, call);
  if (attachment.status === 'attached' && volume.status === 'in-use') return noContent();
  if (attachment.status === 'reserved')
    throw badRequest(`Invalid volume: attachment ${attachment.id} has no connector to complete.`);
  completeAttachment(volume, attachment);
  return noContent();
}

function drop(cloud: Cloud, call: Call): Answer {
  const { volume, attachment } = heldOf(cloud, call);
  // Since the fix of CVE-2023-2088 only Nova may drop the attachment of a server's volume.
  if (attachment.status === 'attached' && cloud.compute.servers.get(attachment.serverId) !== undefined)
    throw conflict(
      `ConflictNovaUsingAttachment: Detach volume from instance ${attachment.serverId} using the Compute API`,
    );
  detach(volume, attachment.id);
  return ok({ attachments: [] });
}

/** Volume attachments as resources (3.27 on): those of servers, and those of hosts that bring a connector; a bare one stays reserved. */
export const attachmentRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/attachments';
  const one = (held: Held): Answer => ok({ attachment: full(cloud, held) });
  return [
    get(root, (call) => ok({ attachments: list(cloud, call).map(brief) })),
    get(`${root}/detail`, (call) => ok({ attachments: list(cloud, call).map((held) => full(cloud, held)) })),
    post(root, (call) => one(create(cloud, call))),
    get(`${root}/{id}`, (call) => one(heldOf(cloud, call))),
    put(`${root}/{id}`, (call) => one(update(cloud, call))),
    post(`${root}/{id}/action`, (call) => complete(cloud, call)),
    remove(`${root}/{id}`, (call) => drop(cloud, call)),
  ];
};
