import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { badRequest, conflict } from '../http/refusal.ts';
import { releasePort } from '../network/floating-ip-link.ts';
import { checkNetworkQuota } from '../network/network-quota.ts';
import type { Network, Port } from '../network/network-state.ts';
import { makePort } from '../network/port-create.ts';
import { touch } from '../network/resource.ts';
import { isSharedWith } from '../network/sharing.ts';
import type { Nic, Server } from './compute-state.ts';
import type { NicWish, ServerRequest } from './server-request.ts';

const usable = (cloud: Cloud, network: Network, projectId: string): boolean =>
  network.projectId === projectId || isSharedWith(cloud, projectId, network.id);

/** Without being told, Nova takes the project's only network. */
function automatic(cloud: Cloud, call: Call): NicWish[] {
  const mine = cloud.network.networks.filter(
    (network) => network.projectId === call.who.projectId && cloud.network.subnetsOf(network.id).length > 0,
  );
  const candidates =
    mine.length > 0
      ? mine
      : cloud.network.networks.filter((network) => isSharedWith(cloud, call.who.projectId, network.id));
  if (candidates.length > 1) throw conflict('Multiple possible networks found, use a Network ID to be more specific.');
  return candidates.map((network) => ({ networkId: network.id, tag: null }));
}

function checkPort(cloud: Cloud, call: Call, id: string): void {
  const port = cloud.network.ports.get(id);
  if (port === undefined || (!call.who.isAdmin && port.projectId !== call.who.projectId))
    throw badRequest(`Port id ${id} could not be found.`);
  if (port.deviceId !== '') throw conflict(`Port ${id} is still in use.`);
  if (port.fixedIps.length === 0) throw badRequest(`Port ${id} requires a FixedIP in order to be used.`);
}

function checkNetwork(cloud: Cloud, call: Call, id: string): void {
  const network = cloud.network.networks.get(id);
  if (network === undefined || (!call.who.isAdmin && !usable(cloud, network, call.who.projectId) && !network.external))
    throw badRequest(`Network ${id} could not be found.`);
  if (network.external && !usable(cloud, network, call.who.projectId) && !call.who.isAdmin)
    throw badRequest(`It is not allowed to create an interface on external network ${id}`);
  if (cloud.network.subnetsOf(id).length === 0)
    throw badRequest(`Network ${id} requires a subnet in order to boot instances on.`);
}

/** What the request's networks come to, checked as Nova checks them before it answers. */
export function resolveNics(cloud: Cloud, call: Call, nics: ServerRequest['nics']): NicWish[] {
  const wishes = nics === 'none' ? [] : nics === 'auto' ? automatic(cloud, call) : [...nics];
  for (const wish of wishes) {
    if (wish.portId !== undefined) checkPort(cloud, call, wish.portId);
    else if (wish.networkId !== undefined) checkNetwork(cloud, call, wish.networkId);
    else throw badRequest('Bad networks format: network uuid is not in proper format (None)');
  }
  return wishes;
}

/** Group names or ids of the request, as ids. */
export function groupIds(cloud: Cloud, projectId: string, names: readonly string[]): string[] {
  return names
    .filter((name) => name !== 'default' || names.length > 1)
    .map((name) => {
      const found = cloud.network.groups.filter(
        (group) => group.projectId === projectId && (group.id === name || group.name === name),
      );
      if (found.length > 1)
        throw conflict(`Multiple security_group matches found for name '${name}', use an ID to be more specific.`);
      const [group] = found;
      if (group === undefined) throw badRequest(`Unable to find security_group with name or id '${name}'`);
      return group.id;
    });
}

function bind(cloud: Cloud, server: Server, port: Port): void {
  Object.assign(port, {
    deviceId: server.id,
    deviceOwner: `compute:${server.zone}`,
    host: `${cloud.settings.name}-compute`,
    status: 'ACTIVE',
  });
  touch(port);
}

/** Plugs one NIC: an existing port, or a new one on a network. Nova's security groups apply to new ports only. */
export function plug(cloud: Cloud, server: Server, wish: NicWish, groups: readonly string[]): Nic {
  const existing = wish.portId === undefined ? undefined : cloud.network.ports.get(wish.portId);
  if (existing !== undefined) {
    if (existing.deviceId !== '') throw conflict(`Port ${existing.id} is still in use.`);
    bind(cloud, server, existing);
    return { portId: existing.id, tag: wish.tag, own: false };
  }
  const network = cloud.network.networks.get(wish.networkId);
  if (network === undefined) throw badRequest(`Network ${wish.networkId} could not be found.`);
  checkNetworkQuota(cloud, server.projectId, 'port');
  const port = makePort(cloud, network, {
    projectId: server.projectId,
    ...(wish.address !== undefined && { wishes: [{ address: wish.address }] }),
    ...(groups.length > 0 && network.portSecurity && { securityGroups: [...groups] }),
  });
  bind(cloud, server, port);
  return { portId: port.id, tag: wish.tag, own: true };
}

/** Nova's own ports go, the others are free again. */
export function unplug(cloud: Cloud, nic: Nic): void {
  const port = cloud.network.ports.get(nic.portId);
  if (port === undefined) return;
  if (nic.own) {
    releasePort(cloud, port.id);
    cloud.network.ports.delete(port.id);
    return;
  }
  Object.assign(port, { deviceId: '', deviceOwner: '', host: '', status: 'DOWN' });
  touch(port);
}
