import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { Refusal } from '../http/refusal.ts';
import type { PortForwarding } from './extension-resources.ts';
import { routerFor } from './floating-ip-link.ts';
import { floatingOf } from './floating-ip-routes.ts';
import { badResource, httpBadRequest, missing, neutron } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import type { FloatingIp, Port } from './network-state.ts';
import { portOf } from './port-routes.ts';
import { dropForwarding, forwardingsOf } from './port-uses.ts';
import { bodyOf, newResource, touch } from './resource.ts';

const fields = ['protocol', 'internal_ip_address', 'internal_port', 'internal_port_id', 'external_port', 'description'];
const bad = (message: string): Error => badResource('port_forwarding', message);

const view = (one: PortForwarding): Record<string, unknown> => ({
  id: one.id,
  protocol: one.protocol,
  internal_ip_address: one.internalAddress,
  internal_port: one.internalPort,
  internal_port_id: one.internalPortId,
  external_port: one.externalPort,
  internal_port_range: `${one.internalPort}:${one.internalPort}`,
  external_port_range: `${one.externalPort}:${one.externalPort}`,
  description: one.description,
});

function forwardingOf(cloud: Cloud, floating: FloatingIp, call: Call): PortForwarding {
  const found = forwardingsOf(cloud, floating).find((one) => one.id === call.params['forwarding']);
  if (found === undefined) throw missing('PortForwarding', call.params['forwarding']);
  return found;
}

function portNumber(body: JsonObject, key: string): number {
  const value = numberOf(body, key);
  if (value === undefined) throw httpBadRequest(`Failed to parse request. Required attribute '${key}' not specified`);
  if (value < 1 || value > 65535)
    throw httpBadRequest(`Invalid input for ${key}. Reason: '${value}' is not in range 1 through 65535.`);
  return value;
}

function checkCollisions(cloud: Cloud, floating: FloatingIp, one: PortForwarding): void {
  const say = (key: string, port: number): Error =>
    bad(`There is a port collision with the ${key}. The following ranges collide: ${port}:${port} and ${port}:${port}`);
  const others = cloud.network.portForwardings.filter(({ id, protocol }) => id !== one.id && protocol === one.protocol);
  const inside = others.find(
    (other) =>
      other.internalPortId === one.internalPortId &&
      other.internalAddress === one.internalAddress &&
      other.internalPort === one.internalPort,
  );
  if (inside !== undefined) throw say('internal_port_range', one.internalPort);
  if (others.some((other) => other.floatingIpId === floating.id && other.externalPort === one.externalPort))
    throw say('external_port_range', one.externalPort);
}

function addressOf(body: JsonObject, port: Port): { readonly address: string; readonly subnetId: string } {
  const ips = port.fixedIps.filter((ip) => ip.ip_address.includes('.'));
  if (ips.length === 0) throw bad(`Requested internal port ${port.id} must allocate an IPv4 address at least.`);
  const wanted = textOf(body, 'internal_ip_address');
  const ip = wanted === undefined ? ips[0] : ips.find((one) => one.ip_address === wanted);
  if (ip === undefined)
    throw bad(
      `Requested internal IP address ${wanted} is not suitable for internal neutron port ${port.id}, as its fixed_ips are ${JSON.stringify(ips)}`,
    );
  return { address: ip.ip_address, subnetId: ip.subnet_id };
}

function reach(cloud: Cloud, floating: FloatingIp, port: Port, subnetId: string): string {
  try {
    return routerFor(cloud, floating.networkId, port, subnetId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw bad(
      `External network ${floating.networkId} is not reachable from subnet ${subnetId}. Cannot set Port forwarding for port ${port.id} with Floating IP ${floating.id}`,
    );
  }
}

function checkFree(cloud: Cloud, floating: FloatingIp, port: Port, address: string): void {
  const bound = cloud.network.floatingIps.find((one) => one.portId === port.id);
  if (bound !== undefined)
    throw neutron(
      409,
      'PortHasBindingFloatingIP',
      `Cannot create port forwarding to floating IP ${bound.address} (${bound.id}) with port ${port.id} using fixed IP ${address}, as that port already has a binding floating IP.`,
    );
  if (floating.portId !== null)
    throw neutron(
      409,
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${floating.address} (${floating.id}) with port ${port.id} using fixed IP ${address}, as that fixed IP already has a floating IP on external network ${floating.networkId}.`,
    );
}

function create(cloud: Cloud, call: Call, floating: FloatingIp): PortForwarding {
  const body = bodyOf(call, 'port_forwarding', [...fields, 'project_id'], ['id']);
  const port = portOf(cloud, call, requiredText(body, 'internal_port_id'));
  const { address, subnetId } = addressOf(body, port);
  const one: PortForwarding = {
    ...newResource(floating.projectId, body),
    floatingIpId: floating.id,
    protocol: requiredText(body, 'protocol').toLowerCase(),
    internalPortId: port.id,
    internalAddress: address,
    internalPort: portNumber(body, 'internal_port'),
    externalPort: portNumber(body, 'external_port'),
  };
  checkCollisions(cloud, floating, one);
  checkFree(cloud, floating, port, address);
  const routerId = reach(cloud, floating, port, subnetId);
  if (floating.routerId !== null && floating.routerId !== routerId)
    throw bad(
      `The Floating IP ${floating.id} had been set on router ${floating.routerId}, the internal Neutron port ${port.id} can not reach it`,
    );
  floating.routerId = routerId;
  cloud.jobs.later(() => {
    if (forwardingsOf(cloud, floating).length > 0) floating.status = 'ACTIVE';
  });
  return cloud.network.portForwardings.add(one);
}

function update(cloud: Cloud, call: Call, floating: FloatingIp): PortForwarding {
  const one = forwardingOf(cloud, floating, call);
  const body = bodyOf(call, 'port_forwarding', fields, ['id', 'project_id']);
  const next: PortForwarding = {
    ...one,
    protocol: textOf(body, 'protocol') ?? one.protocol,
    internalPort: 'internal_port' in body ? portNumber(body, 'internal_port') : one.internalPort,
    externalPort: 'external_port' in body ? portNumber(body, 'external_port') : one.externalPort,
    description: 'description' in body ? (textOf(body, 'description') ?? '') : one.description,
  };
  checkCollisions(cloud, floating, next);
  touch(next);
  return cloud.network.portForwardings.add(next);
}

export function portForwardingRoutes(cloud: Cloud): Route[] {
  const root = '/v2.0/floatingips/{id}/port_forwardings';
  return [
    get(root, (call) => ok(networkList(call, 'port_forwardings', forwardingsOf(cloud, floatingOf(cloud, call)), view))),
    post(root, (call) => created({ port_forwarding: view(create(cloud, call, floatingOf(cloud, call))) })),
    get(`${root}/{forwarding}`, (call) =>
      ok({ port_forwarding: chosenFields(view(forwardingOf(cloud, floatingOf(cloud, call), call)), call) }),
    ),
    put(`${root}/{forwarding}`, (call) => ok({ port_forwarding: view(update(cloud, call, floatingOf(cloud, call))) })),
    remove(`${root}/{forwarding}`, (call) => {
      const floating = floatingOf(cloud, call);
      dropForwarding(cloud, floating, forwardingOf(cloud, floating, call));
      return noContent();
    }),
  ];
}
