import type { Cloud } from '../cloud.ts';
import { accepted, noContent, type Answer, type Call } from '../http/call.ts';
import { requiredText, type JsonObject } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { needState, needUnlocked } from './compute-policy.ts';
import { reserveServer } from './compute-quota.ts';
import type { Flavor, Server } from './compute-state.ts';

/** What servers were before a resize that nobody has confirmed yet. */
const before = new WeakMap<Server, Flavor>();

function flavorIn(cloud: Cloud, server: Server, body: JsonObject): Flavor {
  const id = requiredText(body, 'flavorRef');
  const flavor = cloud.compute.flavors.get(id);
  if (flavor === undefined) throw badRequest(`Flavor ${id} could not be found.`);
  if (flavor.id === server.flavor.id) throw badRequest('When resizing, instances must change flavor!');
  if (server.imageId !== '' && flavor.disk < server.flavor.disk)
    throw badRequest('Resize error: Unable to resize disk down.');
  return flavor;
}

/** Stands with the new flavor, and waits in VERIFY_RESIZE until somebody confirms it or takes it back. */
export function resize(cloud: Cloud, call: Call, server: Server, body: JsonObject): Answer {
  needUnlocked(server, call.who);
  needState(server, 'resize', ['active', 'stopped']);
  const flavor = flavorIn(cloud, server, body);
  const old = server.flavor;
  const more = { ...flavor, vcpus: Math.max(0, flavor.vcpus - old.vcpus), ram: Math.max(0, flavor.ram - old.ram) };
  reserveServer(cloud, server.projectId, more, 0);
  Object.assign(server, { status: 'RESIZE', taskState: 'resize_prep' });
  cloud.guests.halt(server);
  cloud.jobs.later(async () => {
    before.set(server, old);
    await cloud.disks.get('root', server.id)?.resize(flavor.disk * cloud.settings.gibBytes);
    const there = { status: 'VERIFY_RESIZE', vmState: 'resized', powerState: 1, taskState: null };
    Object.assign(server, there, { flavor, updated: Date.now() });
    await cloud.guests.boot(server);
  });
  return accepted();
}

const settled = { status: 'ACTIVE', vmState: 'active', powerState: 1, taskState: null };

export function confirmResize(call: Call, server: Server): Answer {
  needUnlocked(server, call.who);
  needState(server, 'confirmResize', ['resized']);
  before.delete(server);
  Object.assign(server, settled, { updated: Date.now() });
  return noContent();
}

export function revertResize(cloud: Cloud, call: Call, server: Server): Answer {
  needUnlocked(server, call.who);
  needState(server, 'revertResize', ['resized']);
  Object.assign(server, { status: 'REVERT_RESIZE', taskState: 'resize_reverting' });
  cloud.jobs.later(() => {
    Object.assign(server, settled, { flavor: before.get(server) ?? server.flavor, updated: Date.now() });
    before.delete(server);
  });
  return accepted();
}
