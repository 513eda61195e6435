import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { textOf } from '../http/fields.ts';
import { blockOf, contains, overlap } from './addresses.ts';
import { badResource, neutron } from './network-error.ts';
import type { Port, Router, Subnet } from './network-state.ts';
import { makePort } from './port-create.ts';
import { portOf } from './port-routes.ts';
import { touch } from './resource.ts';
import { subnetOf } from './subnet-routes.ts';

export const interfacesOf = (cloud: Cloud, router: Router): Port[] =>
  cloud.network.ports.filter((port) => port.deviceId === router.id && port.deviceOwner === 'network:router_interface');

const interfaceView = (router: Router, port: Port): unknown => ({
  id: router.id,
  tenant_id: router.projectId,
  port_id: port.id,
  network_id: port.networkId,
  subnet_id: port.fixedIps[0]?.subnet_id,
  subnet_ids: port.fixedIps.map((ip) => ip.subnet_id),
});

function checkOverlap(cloud: Cloud, router: Router, subnet: Subnet): void {
  const block = blockOf(subnet.cidr);
  for (const ip of interfacesOf(cloud, router).flatMap((port) => port.fixedIps)) {
    const other = cloud.network.subnets.get(ip.subnet_id);
    if (other?.id === subnet.id) throw badResource('router', `Router already has a port on subnet ${subnet.id}`);
    const otherBlock = other && blockOf(other.cidr);
    if (other !== undefined && block !== undefined && otherBlock !== undefined && overlap(block, otherBlock)) {
      throw badResource(
        'router',
        `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
      );
    }
  }
}

function bySubnet(cloud: Cloud, call: Call, router: Router, id: string): Port {
  const subnet = subnetOf(cloud, call, id);
  if (subnet.gatewayIp === null) throw badResource('router', 'Subnet for router interface must have a gateway IP');
  checkOverlap(cloud, router, subnet);
  const network = cloud.network.networks.get(subnet.networkId);
  if (network === undefined) throw badResource('router', 'the network is gone');
  return makePort(cloud, network, {
    projectId: router.projectId,
    deviceOwner: 'network:router_interface',
    deviceId: router.id,
    securityGroups: [],
    status: 'ACTIVE',
    host: `${cloud.settings.name}-compute`,
    wishes: [{ subnetId: subnet.id, address: subnet.gatewayIp }],
  });
}

/** An interface by port keeps the address the port has. */
function byPort(cloud: Cloud, call: Call, router: Router, id: string): Port {
  const port = portOf(cloud, call, id);
  if (port.deviceId !== '') {
    throw neutron(
      409,
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.networkId}. Port already has an attached device ${port.deviceId}.`,
    );
  }
  if (port.fixedIps.length === 0) throw badResource('router', 'Router port must have at least one fixed IP');
  for (const ip of port.fixedIps) {
    const subnet = cloud.network.subnets.get(ip.subnet_id);
    if (subnet !== undefined) checkOverlap(cloud, router, subnet);
  }
  Object.assign(port, {
    deviceId: router.id,
    deviceOwner: 'network:router_interface',
    status: 'ACTIVE',
    host: `${cloud.settings.name}-compute`,
    securityGroups: [],
    portSecurity: false,
  });
  touch(port);
  return port;
}

export function addInterface(cloud: Cloud, call: Call, router: Router): unknown {
  const subnetId = textOf(call.body, 'subnet_id');
  const portId = textOf(call.body, 'port_id');
  if (subnetId !== undefined && portId !== undefined)
    throw badResource('router', 'Cannot specify both subnet-id and port-id');
  if (subnetId === undefined && portId === undefined)
    throw badResource('router', 'Either subnet_id or port_id must be specified');
  const port =
    portId === undefined ? bySubnet(cloud, call, router, subnetId ?? '') : byPort(cloud, call, router, portId);
  touch(router);
  return interfaceView(router, port);
}

function checkUnused(cloud: Cloud, router: Router, subnetId: string): void {
  const subnet = cloud.network.subnets.get(subnetId);
  const block = subnet && blockOf(subnet.cidr);
  if (block !== undefined && router.routes.some((route) => contains(block, route.nexthop))) {
    throw neutron(
      409,
      'RouterInterfaceInUseByRoute',
      `Router interface for subnet ${subnetId} on router ${router.id} cannot be deleted, as it is required by one or more routes.`,
    );
  }
  const held = cloud.network.floatingIps.some(
    (one) =>
      one.routerId === router.id &&
      cloud.network.ports.get(one.portId)?.fixedIps.some((ip) => ip.subnet_id === subnetId) === true,
  );
  const forwarded = cloud.network.portForwardings.some(
    (one) =>
      cloud.network.floatingIps.get(one.floatingIpId)?.routerId === router.id &&
      cloud.network.ports.get(one.internalPortId)?.fixedIps.some((ip) => ip.subnet_id === subnetId) === true,
  );
  if (held || forwarded)
    throw neutron(
      409,
      'RouterInterfaceInUseByFloatingIP',
      `Router interface for subnet ${subnetId} on router ${router.id} cannot be deleted, as it is required by one or more floating IPs.`,
    );
}

export function removeInterface(cloud: Cloud, call: Call, router: Router): unknown {
  const subnetId = textOf(call.body, 'subnet_id');
  const portId = textOf(call.body, 'port_id');
  const port = interfacesOf(cloud, router).find((one) =>
    portId !== undefined ? one.id === portId : one.fixedIps.some((ip) => ip.subnet_id === subnetId),
  );
  if (port === undefined) {
    throw portId !== undefined
      ? neutron(404, 'RouterInterfaceNotFound', `Router ${router.id} does not have an interface with id ${portId}`)
      : neutron(404, 'RouterInterfaceNotFoundForSubnet', `Router ${router.id} has no interface on subnet ${subnetId}`);
  }
  for (const ip of port.fixedIps) checkUnused(cloud, router, ip.subnet_id);
  const view = interfaceView(router, port);
  cloud.network.ports.delete(port.id);
  touch(router);
  return view;
}
