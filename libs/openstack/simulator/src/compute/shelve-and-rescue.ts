import type { Cloud } from '../cloud.ts';
import { accepted, ok, type Answer, type Call } from '../http/call.ts';
import { needState, needUnlocked } from './compute-policy.ts';
import type { Server } from './compute-state.ts';
import { createImage } from './create-image.ts';

const shelvedName = (server: Server): string => `${server.name}-shelved`;

const setAttachments = (cloud: Cloud, server: Server, status: 'reserved' | 'attached'): void => {
  for (const { volume, attachment } of cloud.volume.attachmentsOf(server.id)) {
    attachment.status = status;
    volume.status = status === 'attached' ? 'in-use' : 'reserved';
  }
};

function becomes(
  cloud: Cloud,
  server: Server,
  task: string,
  change: () => void | Promise<void>,
  mayBegin: () => boolean = () => true,
): void {
  server.taskState = task;
  cloud.guests.halt(server);
  const step = async (): Promise<void> => {
    if (server.taskState === 'deleting' || !cloud.compute.servers.has(server.id)) return;
    if (!mayBegin()) return cloud.jobs.later(step);
    Object.assign(server, { taskState: null, updated: Date.now() });
    await change();
  };
  cloud.jobs.later(step);
}

/** Offloaded at once, as by Nova's defaults: the host is given up, the volumes stay reserved, a root without volume becomes an image. */
export function shelve(cloud: Cloud, call: Call, server: Server): Answer {
  needUnlocked(server, call.who);
  needState(server, 'shelve', ['active', 'stopped', 'paused', 'suspended']);
  const image = server.imageId === '' ? undefined : createImage(cloud, call, server, { name: shelvedName(server) });
  const offload = (): void => {
    Object.assign(server, { status: 'SHELVED_OFFLOADED', vmState: 'shelved_offloaded', powerState: 4 });
    setAttachments(cloud, server, 'reserved');
  };
  becomes(cloud, server, 'shelving', offload, () => image === undefined || image.status === 'active');
  return accepted();
}

export function unshelve(cloud: Cloud, call: Call, server: Server): Answer {
  needUnlocked(server, call.who);
  needState(server, 'unshelve', ['shelved', 'shelved_offloaded']);
  becomes(cloud, server, 'unshelving', async () => {
    const image = cloud.image.images.find(
      (one) => one.name === shelvedName(server) && one.properties['instance_uuid'] === server.id,
    );
    if (image !== undefined) {
      cloud.image.images.delete(image.id);
      await cloud.disks.remove('image', image.id);
    }
    Object.assign(server, { status: 'ACTIVE', vmState: 'active', powerState: 1 });
    setAttachments(cloud, server, 'attached');
    await cloud.guests.boot(server);
  });
  return accepted();
}

export function rescue(cloud: Cloud, call: Call, server: Server): Answer {
  needUnlocked(server, call.who);
  needState(server, 'rescue', ['active', 'stopped', 'error']);
  becomes(cloud, server, 'rescuing', () => {
    Object.assign(server, { status: 'RESCUE', vmState: 'rescued', powerState: 1 });
  });
  return ok({ adminPass: 'rescue' });
}
