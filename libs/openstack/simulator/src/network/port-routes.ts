import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import {
  flagOf,
  numberOf,
  objectOf,
  objectsOf,
  requiredText,
  textOf,
  textsOf,
  type JsonObject,
} from '../http/fields.ts';
import { allocate, isAutoAddress, type AddressWish } from './allocate-address.ts';
import { releasePort } from './floating-ip-link.ts';
import { isUuid } from '../state/identifiers.ts';
import { httpBadRequest, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import { isUsable, networkOf } from './network-routes.ts';
import type { AddressPair, Network, Port } from './network-state.ts';
import { checkMacFree, makePort } from './port-create.ts';
import { checkNoTrunk, releaseForwardings } from './port-uses.ts';
import { portView } from './port-view.ts';
import { qosIn } from './qos-routes.ts';
import { adminOnly, applyNames, bodyOf, owns, projectFor, touch } from './resource.ts';
import { isShared } from './sharing.ts';

const adminKeys = ['binding:host_id', 'binding:profile'];
const updatable = [
  'name',
  'description',
  'admin_state_up',
  'fixed_ips',
  'mac_address',
  'device_id',
  'device_owner',
  'security_groups',
  'allowed_address_pairs',
  'extra_dhcp_opts',
  'port_security_enabled',
  'qos_policy_id',
  'binding:vnic_type',
  ...adminKeys,
];
const creatable = [...updatable, 'network_id', 'project_id', 'tenant_id', 'numa_affinity_policy', 'device_profile'];
const readOnly = [
  'id',
  'status',
  'revision_number',
  'created_at',
  'updated_at',
  'tags',
  'binding:vif_type',
  'binding:vif_details',
];

const mayRead = (cloud: Cloud, call: Call, port: Port): boolean =>
  owns(call, port) || cloud.network.networks.get(port.networkId)?.projectId === call.who.projectId;

export function portOf(cloud: Cloud, call: Call, id: string | undefined): Port {
  const port = cloud.network.ports.get(id);
  if (port === undefined || !mayRead(cloud, call, port)) throw missing('Port', id);
  return port;
}

const wishesOf = (body: JsonObject): AddressWish[] | undefined =>
  objectsOf(body, 'fixed_ips')?.map((ip) => {
    const subnetId = textOf(ip, 'subnet_id');
    if (subnetId !== undefined && !isUuid(subnetId))
      throw httpBadRequest(`Invalid input for fixed_ips. Reason: '${subnetId}' is not a valid UUID.`);
    return { subnetId, address: textOf(ip, 'ip_address') };
  });

const pairsOf = (body: JsonObject, mac: string | undefined): AddressPair[] =>
  (objectsOf(body, 'allowed_address_pairs') ?? []).map((pair) => ({
    ip_address: requiredText(pair, 'ip_address'),
    mac_address: textOf(pair, 'mac_address') ?? mac ?? '',
  }));

const dhcpOptionsOf = (body: JsonObject): Port['dhcpOptions'] =>
  (objectsOf(body, 'extra_dhcp_opts') ?? []).map((option) => ({
    opt_name: requiredText(option, 'opt_name'),
    opt_value: requiredText(option, 'opt_value'),
    ip_version: numberOf(option, 'ip_version') ?? 4,
  }));

function groupsOf(cloud: Cloud, call: Call, body: JsonObject): string[] | undefined {
  const groups = textsOf(body, 'security_groups');
  for (const id of groups ?? []) {
    const group = cloud.network.groups.get(id);
    if (group === undefined || !(owns(call, group) || isShared(cloud, call, id))) throw missing('SecurityGroup', id);
  }
  return groups && [...new Set(groups)];
}

/** On someone else's network only an administrator picks addresses, and only the owner switches port security. */
function checkForeign(call: Call, network: Network, body: JsonObject, verb: string): void {
  if (owns(call, network)) return;
  const wishes = wishesOf(body) ?? [];
  if (wishes.some((wish) => wish.address !== undefined))
    throw notByPolicy(`${verb}_port and (rule:${verb}_port:fixed_ips and (rule:${verb}_port:fixed_ips:ip_address))`);
  for (const key of ['mac_address', 'port_security_enabled', 'allowed_address_pairs'])
    if (key in body) throw notByPolicy(`${verb}_port and rule:${verb}_port:${key}`);
}

function checkSecurity(port: Pick<Port, 'portSecurity' | 'securityGroups' | 'addressPairs'>): void {
  if (port.portSecurity) return;
  if (port.addressPairs.length > 0)
    throw neutron(
      409,
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    );
  if (port.securityGroups.length > 0)
    throw neutron(
      409,
      'PortSecurityAndIPRequiredForSecurityGroups',
      'Port security must be enabled and port must have an IP address in order to use security groups.',
    );
}

function create(cloud: Cloud, call: Call): Port {
  const body = bodyOf(call, 'port', creatable, readOnly);
  const network = networkOf(cloud, call, requiredText(body, 'network_id'));
  const projectId = projectFor(call, body, 'create_port');
  // Ports on an external network that is not shared are for routers and floating IPs.
  if (!owns(call, network) && !isUsable(cloud, call, network))
    throw neutron(403, 'HTTPForbidden', `Tenant ${call.who.projectId} not allowed to create port on this network`);
  adminOnly(call, 'create', 'port', body, adminKeys);
  checkForeign(call, network, body, 'create');
  checkNetworkQuota(cloud, projectId, 'port');
  const portSecurity = flagOf(body, 'port_security_enabled') ?? network.portSecurity;
  const securityGroups = groupsOf(cloud, call, body);
  const qosPolicyId = qosIn(cloud, call, body) ?? null;
  checkSecurity({ portSecurity, securityGroups: securityGroups ?? [], addressPairs: pairsOf(body, '') });
  const port = makePort(cloud, network, {
    projectId,
    name: textOf(body, 'name') ?? '',
    description: textOf(body, 'description') ?? '',
    adminStateUp: flagOf(body, 'admin_state_up') ?? true,
    deviceId: textOf(body, 'device_id') ?? '',
    deviceOwner: textOf(body, 'device_owner') ?? '',
    wishes: wishesOf(body),
    portSecurity,
    dhcpOptions: dhcpOptionsOf(body),
    vnicType: textOf(body, 'binding:vnic_type') ?? 'normal',
    profile: { ...objectOf(body, 'binding:profile') },
    host: textOf(body, 'binding:host_id') ?? '',
    ...(securityGroups && { securityGroups }),
    ...(textOf(body, 'mac_address') !== undefined && { mac: requiredText(body, 'mac_address').toLowerCase() }),
  });
  port.addressPairs = pairsOf(body, port.mac);
  port.qosPolicyId = qosPolicyId;
  return port;
}

function readdress(cloud: Cloud, port: Port, body: JsonObject): void {
  const wishes = wishesOf(body);
  if (wishes === undefined) return;
  const before = port.fixedIps;
  port.fixedIps = [];
  try {
    port.fixedIps = allocate(
      cloud,
      port.networkId,
      wishes.map((wish) => {
        const same = before.find((ip) => wish.address === undefined && ip.subnet_id === wish.subnetId);
        const subnet = cloud.network.subnets.get(same?.subnet_id);
        return same === undefined || (subnet && isAutoAddress(subnet))
          ? wish
          : { subnetId: same.subnet_id, address: same.ip_address };
      }),
      { owner: port.deviceOwner, mac: port.mac },
    );
  } catch (error) {
    port.fixedIps = before;
    throw error;
  }
}

function checkUpdate(cloud: Cloud, call: Call, port: Port, body: JsonObject): void {
  adminOnly(call, 'update', 'port', body, adminKeys);
  const network = cloud.network.networks.get(port.networkId);
  if (network !== undefined) checkForeign(call, network, body, 'update');
  const mac = textOf(body, 'mac_address');
  if (mac === undefined || mac === port.mac) return;
  if (!call.who.isAdmin) throw notByPolicy('update_port and rule:update_port:mac_address');
  if (port.host !== '')
    throw neutron(
      409,
      'PortBound',
      `Unable to complete operation on port ${port.id}, port is already bound, port type: bridge, old_mac ${port.mac}, new_mac ${mac}.`,
    );
  checkMacFree(cloud, port.networkId, mac, port.id);
}

function update(cloud: Cloud, call: Call): Port {
  const port = portOf(cloud, call, call.params['id']);
  const body = bodyOf(call, 'port', updatable, [...readOnly, 'network_id', 'project_id', 'tenant_id']);
  checkUpdate(cloud, call, port, body);
  const securityGroups = groupsOf(cloud, call, body) ?? port.securityGroups;
  const portSecurity = flagOf(body, 'port_security_enabled') ?? port.portSecurity;
  const addressPairs = 'allowed_address_pairs' in body ? pairsOf(body, port.mac) : port.addressPairs;
  checkSecurity({ portSecurity, securityGroups, addressPairs });
  readdress(cloud, port, body);
  applyNames(port, body);
  Object.assign(port, { securityGroups, portSecurity, addressPairs });
  port.mac = textOf(body, 'mac_address') ?? port.mac;
  port.adminStateUp = flagOf(body, 'admin_state_up') ?? port.adminStateUp;
  port.deviceId = textOf(body, 'device_id') ?? port.deviceId;
  port.deviceOwner = textOf(body, 'device_owner') ?? port.deviceOwner;
  port.vnicType = textOf(body, 'binding:vnic_type') ?? port.vnicType;
  port.host = textOf(body, 'binding:host_id') ?? port.host;
  if ('extra_dhcp_opts' in body) port.dhcpOptions = dhcpOptionsOf(body);
  const qos = qosIn(cloud, call, body);
  if (qos !== undefined) port.qosPolicyId = qos;
  touch(port);
  return port;
}

function destroy(cloud: Cloud, port: Port): void {
  const service = ['network:router_interface', 'network:router_gateway', 'network:floatingip'].includes(
    port.deviceOwner,
  );
  if (service)
    throw neutron(
      409,
      'ServicePortInUse',
      `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.deviceOwner}.`,
    );
  checkNoTrunk(cloud, port);
  releasePort(cloud, port.id);
  releaseForwardings(cloud, port.id);
  cloud.network.ports.delete(port.id);
}

export const portRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/ports', (call) =>
    ok(
      networkList(
        call,
        'ports',
        cloud.network.ports.filter((one) => mayRead(cloud, call, one)),
        (one) => portView(cloud, call, one),
      ),
    ),
  ),
  post('/v2.0/ports', (call) => created({ port: portView(cloud, call, create(cloud, call)) })),
  get('/v2.0/ports/{id}', (call) =>
    ok({ port: chosenFields(portView(cloud, call, portOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/ports/{id}', (call) => ok({ port: portView(cloud, call, update(cloud, call)) })),
  remove('/v2.0/ports/{id}', (call) => {
    destroy(cloud, portOf(cloud, call, call.params['id']));
    return noContent();
  }),
];
