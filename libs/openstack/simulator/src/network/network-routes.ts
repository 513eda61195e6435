import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { Network } from './network-state.ts';
import { qosIn, qosView } from './qos-routes.ts';
import { adminOnly, applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';
import { isShared, setShared } from './sharing.ts';

const providerKeys = ['provider:network_type', 'provider:physical_network', 'provider:segmentation_id'];
const updatable = [
  'name',
  'description',
  'admin_state_up',
  'shared',
  'router:external',
  'mtu',
  'port_security_enabled',
  'qos_policy_id',
  'is_default',
  ...providerKeys,
];
const creatable = [...updatable, 'project_id', 'tenant_id', 'availability_zone_hints', 'segments'];
const adminKeys = ['shared', 'router:external', 'is_default', ...providerKeys, 'segments'];
const readOnly = [
  'id',
  'status',
  'subnets',
  'revision_number',
  'created_at',
  'updated_at',
  'availability_zones',
  'ipv4_address_scope',
  'ipv6_address_scope',
  'tags',
];

const mayRead = (cloud: Cloud, call: Call, network: Network): boolean =>
  owns(call, network) || network.external || isUsable(cloud, call, network);

/** Whether the caller's project may have ports on it although it is another's. */
export const isUsable = (cloud: Cloud, call: Call, network: Network): boolean => isShared(cloud, call, network.id);

export function networkOf(cloud: Cloud, call: Call, id: string | undefined): Network {
  const network = cloud.network.networks.get(id);
  if (network === undefined || !mayRead(cloud, call, network)) throw missing('Network', id);
  return network;
}

const provider = (network: Network): Record<string, unknown> => ({
  'provider:network_type': network.provider.type,
  'provider:physical_network': network.provider.physical,
  'provider:segmentation_id': network.provider.segment,
});

const view = (cloud: Cloud, call: Call, network: Network): Record<string, unknown> => ({
  id: network.id,
  name: network.name,
  tenant_id: network.projectId,
  admin_state_up: network.adminStateUp,
  mtu: network.mtu,
  status: 'ACTIVE',
  // The public subnets of a network that is not shared are not shown to tenants one by one, but their ids are.
  subnets: cloud.network.subnetsOf(network.id).map((subnet) => subnet.id),
  shared: isUsable(cloud, call, network),
  availability_zone_hints: network.zoneHints,
  availability_zones: cloud.network.portsOf(network.id).some((port) => port.deviceOwner === 'network:dhcp')
    ? ['nova']
    : [],
  ipv4_address_scope: null,
  ipv6_address_scope: null,
  'router:external': network.external,
  description: network.description,
  port_security_enabled: network.portSecurity,
  ...qosView(cloud, network),
  ...(network.external && { is_default: network.isDefault }),
  ...standardView(network),
  ...(call.who.isAdmin && provider(network)),
});

export function makeNetwork(cloud: Cloud, projectId: string, body: JsonObject): Network {
  const external = flagOf(body, 'router:external') ?? false;
  const physical = textOf(body, 'provider:physical_network') ?? null;
  const type = textOf(body, 'provider:network_type') ?? 'vxlan';
  const network = cloud.network.networks.add({
    ...newResource(projectId, body),
    revision: 1,
    adminStateUp: flagOf(body, 'admin_state_up') ?? true,
    external,
    isDefault: flagOf(body, 'is_default') ?? false,
    mtu: numberOf(body, 'mtu') ?? (physical === null ? 1450 : 1500),
    portSecurity: flagOf(body, 'port_security_enabled') ?? true,
    qosPolicyId: null,
    zoneHints: textsOf(body, 'availability_zone_hints') ?? [],
    provider: {
      type,
      physical,
      segment: type === 'flat' ? null : (numberOf(body, 'provider:segmentation_id') ?? cloud.network.nextSegment()),
    },
  });
  setShared(cloud, 'network', network, flagOf(body, 'shared'));
  return network;
}

function create(cloud: Cloud, call: Call): Network {
  const body = bodyOf(call, 'network', creatable, readOnly);
  adminOnly(
    call,
    'create',
    'network',
    body,
    adminKeys.filter((key) => body[key] !== false),
  );
  const projectId = projectFor(call, body, 'create_network');
  const mtu = numberOf(body, 'mtu');
  if (mtu !== undefined && mtu > 1450 && textOf(body, 'provider:physical_network') === undefined)
    throw neutron(400, 'InvalidInput', `Invalid input for operation: Requested MTU is too big, maximum is 1450.`);
  checkNetworkQuota(cloud, projectId, 'network');
  const qosPolicyId = qosIn(cloud, call, body) ?? null;
  return Object.assign(makeNetwork(cloud, projectId, body), { qosPolicyId });
}

export function ownNetwork(cloud: Cloud, call: Call, id: string | undefined, rule: string): Network {
  const network = networkOf(cloud, call, id);
  if (!owns(call, network)) throw notByPolicy(rule);
  return network;
}

function update(cloud: Cloud, call: Call): Network {
  const network = ownNetwork(cloud, call, call.params['id'], 'update_network');
  const body = bodyOf(call, 'network', updatable, [...readOnly, 'project_id', 'tenant_id', 'availability_zone_hints']);
  adminOnly(call, 'update', 'network', body, adminKeys);
  applyNames(network, body);
  network.adminStateUp = flagOf(body, 'admin_state_up') ?? network.adminStateUp;
  setShared(cloud, 'network', network, flagOf(body, 'shared'));
  network.external = flagOf(body, 'router:external') ?? network.external;
  network.isDefault = flagOf(body, 'is_default') ?? network.isDefault;
  network.mtu = numberOf(body, 'mtu') ?? network.mtu;
  network.portSecurity = flagOf(body, 'port_security_enabled') ?? network.portSecurity;
  const qos = qosIn(cloud, call, body);
  if (qos !== undefined) network.qosPolicyId = qos;
  touch(network);
  return network;
}

/** Goes with its subnets and DHCP ports; any other port keeps it. */
function destroy(cloud: Cloud, network: Network): void {
  const ports = cloud.network.portsOf(network.id);
  const holding = ports.filter((port) => port.deviceOwner !== 'network:dhcp');
  if (holding.length > 0) {
    throw neutron(
      409,
      'NetworkInUse',
      `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network, id for these ports is: ${holding.map((port) => port.id).join(',')}.`,
    );
  }
  for (const port of ports) cloud.network.ports.delete(port.id);
  for (const subnet of cloud.network.subnetsOf(network.id)) cloud.network.subnets.delete(subnet.id);
  for (const one of cloud.network.rbacPolicies.filter(({ objectId }) => objectId === network.id))
    cloud.network.rbacPolicies.delete(one.id);
  cloud.network.networks.delete(network.id);
}

export const networkRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/networks', (call) =>
    ok(
      networkList(
        call,
        'networks',
        cloud.network.networks.filter((one) => mayRead(cloud, call, one)),
        (one) => view(cloud, call, one),
      ),
    ),
  ),
  post('/v2.0/networks', (call) =>
    created({ network: { is_default: false, ...view(cloud, call, create(cloud, call)) } }),
  ),
  get('/v2.0/networks/{id}', (call) =>
    ok({ network: chosenFields(view(cloud, call, networkOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/networks/{id}', (call) => ok({ network: view(cloud, call, update(cloud, call)) })),
  remove('/v2.0/networks/{id}', (call) => {
    destroy(cloud, ownNetwork(cloud, call, call.params['id'], 'delete_network'));
    return noContent();
  }),
];
