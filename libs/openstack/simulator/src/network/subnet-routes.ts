import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, objectsOf, requiredText, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import {
  blockOf,
  cidrOf,
  contains,
  defaultPools,
  inPool,
  overlap,
  toAddress,
  type Block,
  type Pool,
} from './addresses.ts';
import { wakeDhcpAgent } from './dhcp-agent.ts';
import { invalidInput, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import { ownNetwork } from './network-routes.ts';
import type { SubnetPool } from './extension-resources.ts';
import type { Network, Subnet } from './network-state.ts';
import { allocateFrom } from './pool-allocation.ts';
import { applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';
import { isShared } from './sharing.ts';
import { subnetPoolOf } from './subnet-pool-routes.ts';

const updatable = [
  'name',
  'description',
  'gateway_ip',
  'enable_dhcp',
  'allocation_pools',
  'dns_nameservers',
  'host_routes',
  'service_types',
];
const creatable = [
  ...updatable,
  'network_id',
  'cidr',
  'ip_version',
  'project_id',
  'tenant_id',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'subnetpool_id',
  'use_default_subnetpool',
  'prefixlen',
  'segment_id',
];
const readOnly = ['id', 'revision_number', 'created_at', 'updated_at', 'tags'];

const mayRead = (cloud: Cloud, call: Call, subnet: Subnet): boolean =>
  owns(call, subnet) || isShared(cloud, call, subnet.networkId);

export function subnetOf(cloud: Cloud, call: Call, id: string | undefined): Subnet {
  const subnet = cloud.network.subnets.get(id);
  if (subnet === undefined || !mayRead(cloud, call, subnet)) throw missing('Subnet', id);
  return subnet;
}

const view = (subnet: Subnet): Record<string, unknown> => ({
  id: subnet.id,
  name: subnet.name,
  tenant_id: subnet.projectId,
  network_id: subnet.networkId,
  ip_version: subnet.ipVersion,
  subnetpool_id: subnet.subnetPoolId,
  enable_dhcp: subnet.enableDhcp,
  ipv6_ra_mode: subnet.ipv6RaMode,
  ipv6_address_mode: subnet.ipv6AddressMode,
  gateway_ip: subnet.gatewayIp,
  cidr: subnet.cidr,
  allocation_pools: subnet.pools,
  host_routes: subnet.hostRoutes,
  dns_nameservers: subnet.nameservers,
  description: subnet.description,
  service_types: subnet.serviceTypes,
  ...standardView(subnet),
});

const routesOf = (body: JsonObject): { destination: string; nexthop: string }[] =>
  (objectsOf(body, 'host_routes') ?? []).map((route) => ({
    destination: requiredText(route, 'destination'),
    nexthop: requiredText(route, 'nexthop'),
  }));

/** `null` says none, absence says the first address. */
function gatewayOf(body: JsonObject, block: Block): string | null {
  if (!('gateway_ip' in body) || body['gateway_ip'] === undefined)
    return toAddress(block.first + (block.prefix >= 31 && block.version === 4 ? 0n : 1n), block.version);
  const gateway = textOf(body, 'gateway_ip') ?? null;
  if (gateway !== null && !contains(block, gateway)) throw invalidInput('Gateway is not valid on subnet');
  return gateway;
}

function poolsOf(body: JsonObject, block: Block, gateway: string | null): Pool[] {
  const asked = objectsOf(body, 'allocation_pools');
  if (asked === undefined) return defaultPools(block, gateway);
  const pools = asked.map((pool) => ({ start: requiredText(pool, 'start'), end: requiredText(pool, 'end') }));
  const outside = pools.find((pool) => !contains(block, pool.start) || !contains(block, pool.end));
  if (outside !== undefined)
    throw neutron(
      400,
      'OutOfBoundsAllocationPool',
      `The allocation pool ${outside.start}-${outside.end} spans beyond the subnet cidr ${cidrOf(block)}.`,
    );
  if (gateway !== null && pools.some((pool) => inPool(pool, gateway))) {
    const pool = pools.find((one) => inPool(one, gateway));
    throw neutron(
      409,
      'GatewayConflictWithAllocationPools',
      `Gateway ip ${gateway} conflicts with allocation pool ${pool?.start}-${pool?.end}.`,
    );
  }
  return pools;
}

/** Registers a subnet; with DHCP on, the agent takes the first free address soon after. */
export function makeSubnet(
  cloud: Cloud,
  network: Network,
  projectId: string,
  body: JsonObject,
  subnetPoolId: string | null = null,
): Subnet {
  const cidr = textOf(body, 'cidr');
  const block = cidr === undefined ? undefined : blockOf(cidr);
  if (cidr === undefined)
    throw neutron(400, 'BadRequest', 'Bad subnets request: a subnetpool must be specified in the absence of a cidr.');
  if (block === undefined) throw invalidInput(`${cidr} is not in a CIDR format`);
  const clash = cloud.network.subnetsOf(network.id).find((one) => overlap(block, blockOf(one.cidr) ?? block));
  if (clash !== undefined)
    throw invalidInput(`Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet`);
  if (numberOf(body, 'ip_version') !== block.version)
    throw invalidInput(`cidr '${cidr}' does not match the ip_version '${numberOf(body, 'ip_version')}'`);
  const gatewayIp = gatewayOf(body, block);
  const subnet = cloud.network.subnets.add({
    ...newResource(projectId, body),
    networkId: network.id,
    subnetPoolId,
    ipVersion: block.version,
    cidr: cidrOf(block),
    gatewayIp,
    enableDhcp: flagOf(body, 'enable_dhcp') ?? true,
    pools: poolsOf(body, block, gatewayIp),
    nameservers: textsOf(body, 'dns_nameservers') ?? [],
    hostRoutes: routesOf(body),
    serviceTypes: textsOf(body, 'service_types') ?? [],
    ipv6RaMode: textOf(body, 'ipv6_ra_mode') ?? null,
    ipv6AddressMode: textOf(body, 'ipv6_address_mode') ?? null,
  });
  touch(network);
  if (subnet.enableDhcp) wakeDhcpAgent(cloud, network.id);
  return subnet;
}

function poolIn(cloud: Cloud, call: Call, body: JsonObject): SubnetPool | undefined {
  const id = textOf(body, 'subnetpool_id');
  if (flagOf(body, 'use_default_subnetpool') !== true)
    return id === undefined ? undefined : subnetPoolOf(cloud, call, id);
  const version = numberOf(body, 'ip_version') ?? 4;
  const pool = cloud.network.subnetPools.find((one) => one.isDefault && one.ipVersion === version);
  if (pool === undefined)
    throw neutron(400, 'BadRequest', `Bad subnets request: No default subnetpool found for IPv${version}.`);
  return pool;
}

/** Subnets of one IP version on one network come from one pool, or from none. */
function checkAffinity(cloud: Cloud, network: Network, pool: SubnetPool): void {
  const others = cloud.network.subnetsOf(network.id).filter((one) => one.ipVersion === pool.ipVersion);
  if (others.some((one) => one.subnetPoolId !== pool.id))
    throw neutron(
      400,
      'NetworkSubnetPoolAffinityError',
      'Subnets hosted on the same network must be allocated from the same subnet pool.',
    );
}

function create(cloud: Cloud, call: Call): Subnet {
  const body = bodyOf(call, 'subnet', creatable, readOnly);
  const network = ownNetwork(cloud, call, requiredText(body, 'network_id'), 'create_subnet');
  const projectId = projectFor(call, body, 'create_subnet');
  checkNetworkQuota(cloud, projectId, 'subnet');
  const pool = poolIn(cloud, call, body);
  if (pool === undefined) return makeSubnet(cloud, network, projectId, body);
  checkAffinity(cloud, network, pool);
  const asked = { cidr: textOf(body, 'cidr'), length: numberOf(body, 'prefixlen') };
  const cidr = allocateFrom(cloud, pool, projectId, asked);
  return makeSubnet(cloud, network, projectId, { ...body, cidr, ip_version: pool.ipVersion }, pool.id);
}

function ownSubnet(cloud: Cloud, call: Call, rule: string): Subnet {
  const subnet = subnetOf(cloud, call, call.params['id']);
  if (!owns(call, subnet)) throw notByPolicy(rule);
  return subnet;
}

function checkGatewayFree(cloud: Cloud, subnet: Subnet, gateway: string | null): void {
  const held = cloud.network.ports.find(
    (port) =>
      port.deviceOwner === 'network:router_interface' &&
      port.fixedIps.some((ip) => ip.subnet_id === subnet.id && ip.ip_address === subnet.gatewayIp),
  );
  // Taking the gateway away is not checked, only giving another.
  if (held !== undefined && gateway !== null && gateway !== subnet.gatewayIp) {
    throw neutron(
      409,
      'GatewayIpInUse',
      `Current gateway ip ${subnet.gatewayIp} already in use by port ${held.id}. Unable to update.`,
    );
  }
}

function update(cloud: Cloud, call: Call): Subnet {
  const subnet = ownSubnet(cloud, call, 'update_subnet');
  const body = bodyOf(call, 'subnet', updatable, [
    ...readOnly,
    'network_id',
    'cidr',
    'ip_version',
    'project_id',
    'tenant_id',
    'ipv6_ra_mode',
    'ipv6_address_mode',
  ]);
  const block = blockOf(subnet.cidr);
  if (block === undefined) throw missing('Subnet', subnet.id);
  applyNames(subnet, body);
  if ('gateway_ip' in body) {
    const gateway = gatewayOf(body, block);
    checkGatewayFree(cloud, subnet, gateway);
    subnet.gatewayIp = gateway;
  }
  if ('allocation_pools' in body) subnet.pools = poolsOf(body, block, subnet.gatewayIp);
  subnet.nameservers = textsOf(body, 'dns_nameservers') ?? subnet.nameservers;
  if ('host_routes' in body) subnet.hostRoutes = routesOf(body);
  subnet.serviceTypes = textsOf(body, 'service_types') ?? subnet.serviceTypes;
  const dhcp = flagOf(body, 'enable_dhcp');
  if (dhcp !== undefined && dhcp !== subnet.enableDhcp) {
    subnet.enableDhcp = dhcp;
    wakeDhcpAgent(cloud, subnet.networkId);
  }
  touch(subnet);
  return subnet;
}

/** Addresses of DHCP ports go with it; any other keeps it. */
function destroy(cloud: Cloud, subnet: Subnet): void {
  const ports = cloud.network.ports.filter((port) => port.fixedIps.some((ip) => ip.subnet_id === subnet.id));
  if (ports.some((port) => port.deviceOwner !== 'network:dhcp')) {
    throw neutron(
      409,
      'SubnetInUse',
      `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  for (const port of ports) port.fixedIps = port.fixedIps.filter((ip) => ip.subnet_id !== subnet.id);
  cloud.network.subnets.delete(subnet.id);
  const network = cloud.network.networks.get(subnet.networkId);
  if (network !== undefined) touch(network);
  wakeDhcpAgent(cloud, subnet.networkId);
}

export const subnetRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/subnets', (call) =>
    ok(
      networkList(
        call,
        'subnets',
        cloud.network.subnets.filter((one) => mayRead(cloud, call, one)),
        view,
      ),
    ),
  ),
  post('/v2.0/subnets', (call) => created({ subnet: view(create(cloud, call)) })),
  get('/v2.0/subnets/{id}', (call) =>
    ok({ subnet: chosenFields(view(subnetOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/subnets/{id}', (call) => ok({ subnet: view(update(cloud, call)) })),
  remove('/v2.0/subnets/{id}', (call) => {
    destroy(cloud, ownSubnet(cloud, call, 'delete_subnet'));
    return noContent();
  }),
];
