import type { Cloud } from '../cloud.ts';
import type { Call, Caller } from '../http/call.ts';
import { conflict, forbidden, notFound } from '../http/refusal.ts';
import type { Flavor, Server } from './compute-state.ts';

export function needAdmin(call: Call, rule: string): void {
  if (!call.who.isAdmin) throw forbidden(`Policy doesn't allow os_compute_api:${rule} to be performed.`);
}

export function serverOf(cloud: Cloud, call: Call): Server {
  const id = call.params['id'];
  const server = cloud.compute.servers.get(id);
  if (server === undefined || (!call.who.isAdmin && server.projectId !== call.who.projectId))
    throw notFound(`Instance ${id} could not be found.`);
  return server;
}

/** Nova's refusal of an action the server's state does not allow. */
export function needState(server: Server, action: string, allowed: readonly string[]): void {
  if (server.taskState !== null)
    throw conflict(`Cannot '${action}' instance ${server.id} while it is in task_state ${server.taskState}`);
  if (!allowed.includes(server.vmState))
    throw conflict(`Cannot '${action}' instance ${server.id} while it is in vm_state ${server.vmState}`);
}

export function needUnlocked(server: Server, who: Caller): void {
  if (server.locked && !who.isAdmin) throw conflict(`Instance ${server.id} is locked`);
}

export const mayUseFlavor = (flavor: Flavor, who: Caller): boolean =>
  who.isAdmin || flavor.isPublic || flavor.access.has(who.projectId);
