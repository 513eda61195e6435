import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, requiredObject, requiredText, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { completeAttachment, detach } from '../volume/volume-attach.ts';
import { needState, serverOf } from './compute-policy.ts';
import type { Server, VolumeDevice } from './compute-state.ts';
import { hideDevice, showDevice } from './guest-devices.ts';
import { claim } from './server-volumes.ts';

const root = '/v2.1/servers/{id}/os-volume_attachments';

const view = (call: Pick<Call, 'minor'>, server: Server, one: VolumeDevice): Record<string, unknown> => ({
  ...(call.minor < 89 && { id: one.volumeId }),
  volumeId: one.volumeId,
  serverId: server.id,
  device: one.device,
  ...(call.minor >= 70 && { tag: one.tag }),
  ...(call.minor >= 79 && { delete_on_termination: one.deleteOnTermination }),
  ...(call.minor >= 89 && { attachment_id: one.attachmentId, bdm_uuid: one.bdmId }),
});

function deviceOf(server: Server, call: Call): VolumeDevice {
  const found = server.volumes.find((one) => one.volumeId === call.params['volume']);
  if (found === undefined) throw notFound(`Instance ${server.id} is not attached to volume ${call.params['volume']}`);
  return found;
}

function attach(cloud: Cloud, call: Call): Answer {
  const server = serverOf(cloud, call);
  needState(server, 'attach_volume', ['active', 'paused', 'stopped', 'suspended']);
  const body = requiredObject(call.body, 'volumeAttachment');
  const volumeId = requiredText(body, 'volumeId');
  const volume = cloud.volume.volumes.get(volumeId);
  if (volume === undefined || (!call.who.isAdmin && volume.projectId !== call.who.projectId))
    throw notFound(`Volume ${volumeId} could not be found.`);
  if (server.volumes.some((one) => one.volumeId === volumeId))
    throw badRequest(`Invalid volume: volume ${volumeId} is already attached to instances: ${server.id}`);
  const device = claim(cloud, call, server, {
    source: 'volume',
    destination: 'volume',
    id: volumeId,
    bootIndex: -1,
    size: undefined,
    tag: textOf(body, 'tag') ?? null,
    volumeType: undefined,
    deleteOnTermination: call.minor >= 79 && flagOf(body, 'delete_on_termination') === true,
  });
  server.volumes.push(device);
  const attachment = volume.attachments.find((one) => one.id === device.attachmentId);
  cloud.jobs.later(() => {
    if (attachment === undefined || !volume.attachments.includes(attachment)) return;
    completeAttachment(volume, attachment);
    showDevice(cloud, server, volumeId);
  });
  // The answer to the attach call has not changed with 2.89.
  return ok({ volumeAttachment: view({ minor: Math.min(call.minor, 88) }, server, device) });
}

function release(cloud: Cloud, call: Call): Answer {
  const server = serverOf(cloud, call);
  needState(server, 'detach_volume', ['active', 'paused', 'stopped', 'suspended']);
  const device = deviceOf(server, call);
  if (device.bootIndex === 0) throw badRequest('Cannot detach a root device volume');
  const volume = cloud.volume.volumes.get(device.volumeId);
  if (volume?.status !== 'in-use')
    throw badRequest(
      `Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.`,
    );
  volume.status = 'detaching';
  cloud.jobs.later(async () => {
    await hideDevice(cloud, server, device.volumeId);
    server.volumes = server.volumes.filter((one) => one.volumeId !== device.volumeId);
    detach(volume, device.attachmentId);
  });
  return accepted();
}

function update(cloud: Cloud, call: Call): Answer {
  const device = deviceOf(serverOf(cloud, call), call);
  const body = requiredObject(call.body, 'volumeAttachment');
  if (call.minor < 85) throw badRequest('Volume swap is not supported.');
  device.deleteOnTermination = flagOf(body, 'delete_on_termination') ?? device.deleteOnTermination;
  return accepted();
}

export const volumeAttachmentRoutes = (cloud: Cloud): Route[] => [
  get(root, (call) => {
    const server = serverOf(cloud, call);
    return ok({ volumeAttachments: server.volumes.map((one) => view(call, server, one)) });
  }),
  post(root, (call) => attach(cloud, call)),
  get(`${root}/{volume}`, (call) => {
    const server = serverOf(cloud, call);
    return ok({ volumeAttachment: view(call, server, deviceOf(server, call)) });
  }),
  put(`${root}/{volume}`, (call) => update(cloud, call)),
  remove(`${root}/{volume}`, (call) => release(cloud, call)),
];
