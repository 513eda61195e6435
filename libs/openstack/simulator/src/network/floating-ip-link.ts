import type { Cloud } from '../cloud.ts';
import { neutron } from './network-error.ts';
import type { FloatingIp, Port } from './network-state.ts';
import { touch } from './resource.ts';

/** The router that joins the port's subnet with the external network. */
export function routerFor(cloud: Cloud, floatingNetworkId: string, port: Port, subnetId: string): string {
  const interfaces = cloud.network.ports.filter(
    (one) => one.deviceOwner === 'network:router_interface' && one.fixedIps.some((ip) => ip.subnet_id === subnetId),
  );
  const router = interfaces
    .map((one) => cloud.network.routers.get(one.deviceId))
    .find((one) => one?.gateway?.networkId === floatingNetworkId);
  if (router !== undefined) return router.id;
  throw neutron(
    404,
    'ExternalGatewayForFloatingIPNotFound',
    `External network ${floatingNetworkId} is not reachable from subnet ${subnetId}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
  );
}

/** Points a floating IP at a port's address (its first IPv4 one by default). */
export function associate(cloud: Cloud, floating: FloatingIp, port: Port, wanted: string | undefined): void {
  const ips = port.fixedIps.filter((ip) => ip.ip_address.includes('.'));
  if (wanted === undefined && ips.length > 1)
    throw neutron(
      400,
      'BadRequest',
      `Bad floatingip request: Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP.`,
    );
  const ip = wanted === undefined ? ips[0] : ips.find((one) => one.ip_address === wanted);
  if (ip === undefined)
    throw neutron(400, 'BadRequest', `Bad floatingip request: Port ${port.id} does not have fixed ip ${wanted}.`);
  const taken = cloud.network.floatingIps.find(
    (one) =>
      one.id !== floating.id &&
      one.portId === port.id &&
      one.fixedAddress === ip.ip_address &&
      one.networkId === floating.networkId,
  );
  if (taken !== undefined) {
    throw neutron(
      409,
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${floating.address} (${floating.id}) with port ${port.id} using fixed IP ${ip.ip_address}, as that fixed IP already has a floating IP on external network ${floating.networkId}.`,
    );
  }
  const routerId = routerFor(cloud, floating.networkId, port, ip.subnet_id);
  Object.assign(floating, { portId: port.id, fixedAddress: ip.ip_address, routerId });
  // The L3 agent says ACTIVE a moment later.
  cloud.jobs.later(() => {
    if (floating.portId !== null) floating.status = 'ACTIVE';
  });
}

export function dissociate(cloud: Cloud, floating: FloatingIp): void {
  Object.assign(floating, { portId: null, fixedAddress: null, routerId: null });
  touch(floating);
  cloud.jobs.later(() => {
    if (floating.portId === null) floating.status = 'DOWN';
  });
}

/** A port that goes lets go of its floating IPs. */
export function releasePort(cloud: Cloud, portId: string): void {
  for (const floating of cloud.network.floatingIps.filter((one) => one.portId === portId)) dissociate(cloud, floating);
}
