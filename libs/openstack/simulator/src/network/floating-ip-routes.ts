import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { uuid } from '../state/identifiers.ts';
import { associate, dissociate } from './floating-ip-link.ts';
import { badResource, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import { networkOf } from './network-routes.ts';
import type { FloatingIp, Network, Port } from './network-state.ts';
import { makePort } from './port-create.ts';
import { offers } from './network-extensions.ts';
import { portOf } from './port-routes.ts';
import { forwardingsOf } from './port-uses.ts';
import { qosIn, qosView } from './qos-routes.ts';
import { bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';

const creatable = [
  'floating_network_id',
  'floating_ip_address',
  'subnet_id',
  'port_id',
  'fixed_ip_address',
  'description',
  'qos_policy_id',
  'project_id',
  'tenant_id',
];
const readOnly = ['id', 'status', 'router_id', 'revision_number', 'created_at', 'updated_at', 'tags', 'port_details'];

export function floatingOf(cloud: Cloud, call: Call): FloatingIp {
  const floating = cloud.network.floatingIps.get(call.params['id']);
  if (floating === undefined || !owns(call, floating)) throw missing('FloatingIP', call.params['id']);
  return floating;
}

function detailsOf(cloud: Cloud, floating: FloatingIp): unknown {
  const port = cloud.network.ports.get(floating.portId);
  return port === undefined
    ? null
    : {
        name: port.name,
        network_id: port.networkId,
        mac_address: port.mac,
        admin_state_up: port.adminStateUp,
        status: port.status,
        device_id: port.deviceId,
        device_owner: port.deviceOwner,
      };
}

const exposed = (cloud: Cloud, floating: FloatingIp): unknown[] =>
  forwardingsOf(cloud, floating).map((one) => ({
    protocol: one.protocol,
    internal_ip_address: one.internalAddress,
    internal_port: one.internalPort,
    external_port: one.externalPort,
  }));

function checkNoForwarding(cloud: Cloud, floating: FloatingIp): void {
  if (forwardingsOf(cloud, floating).length > 0)
    throw neutron(409, 'FipInUseByPortForwarding', `Floating IP ${floating.id} in use by Port Forwarding resources.`);
}

const view = (cloud: Cloud, one: FloatingIp): Record<string, unknown> => ({
  id: one.id,
  tenant_id: one.projectId,
  floating_ip_address: one.address,
  floating_network_id: one.networkId,
  router_id: one.routerId,
  port_id: one.portId,
  fixed_ip_address: one.fixedAddress,
  status: one.status,
  description: one.description,
  port_details: detailsOf(cloud, one),
  ...qosView(cloud, one),
  ...(offers(cloud, 'expose-port-forwarding-in-fip') && { port_forwardings: exposed(cloud, one) }),
  ...standardView(one),
});

/** The port on the external network that keeps the address; it has no project. */
const holdAddress = (cloud: Cloud, network: Network, floatingId: string, body: JsonObject): Port => {
  const wish = { address: textOf(body, 'floating_ip_address'), subnetId: textOf(body, 'subnet_id') };
  return makePort(cloud, network, {
    projectId: '',
    deviceOwner: 'network:floatingip',
    deviceId: floatingId,
    status: 'N/A',
    securityGroups: [],
    ...((wish.address ?? wish.subnetId) !== undefined && { wishes: [wish] }),
  });
};

function take(cloud: Cloud, call: Call): FloatingIp {
  const body = bodyOf(call, 'floatingip', creatable, readOnly);
  const network = networkOf(cloud, call, requiredText(body, 'floating_network_id'));
  if (!network.external) throw badResource('floatingip', `Network ${network.id} is not a valid external network`);
  if (textOf(body, 'floating_ip_address') !== undefined && !call.who.isAdmin)
    throw notByPolicy('create_floatingip and rule:create_floatingip:floating_ip_address');
  const projectId = projectFor(call, body, 'create_floatingip');
  checkNetworkQuota(cloud, projectId, 'floatingip');
  const target = textOf(body, 'port_id');
  const port = target === undefined ? undefined : portOf(cloud, call, target);
  const id = uuid();
  const holder = holdAddress(cloud, network, id, body);
  const floating: FloatingIp = {
    ...newResource(projectId, body),
    id,
    networkId: network.id,
    holderPortId: holder.id,
    address: holder.fixedIps[0]?.ip_address ?? '',
    portId: null,
    fixedAddress: null,
    routerId: null,
    status: 'DOWN',
    qosPolicyId: qosIn(cloud, call, body) ?? null,
  };
  try {
    if (port !== undefined) associate(cloud, floating, port, textOf(body, 'fixed_ip_address'));
    else if (textOf(body, 'fixed_ip_address') !== undefined)
      throw badResource('floatingip', 'fixed_ip_address cannot be specified without a port_id');
  } catch (error) {
    cloud.network.ports.delete(holder.id);
    throw error;
  }
  return cloud.network.floatingIps.add(floating);
}

function update(cloud: Cloud, call: Call): FloatingIp {
  const floating = floatingOf(cloud, call);
  const body = bodyOf(
    call,
    'floatingip',
    ['port_id', 'fixed_ip_address', 'description', 'qos_policy_id'],
    [...readOnly, 'floating_network_id', 'floating_ip_address', 'project_id', 'tenant_id'],
  );
  if ('description' in body) floating.description = textOf(body, 'description') ?? '';
  // Not named is taken away: Neutron does not tell the two apart here.
  floating.qosPolicyId = qosIn(cloud, call, body) ?? null;
  const target = textOf(body, 'port_id');
  if (target !== undefined) checkNoForwarding(cloud, floating);
  if (target !== undefined) associate(cloud, floating, portOf(cloud, call, target), textOf(body, 'fixed_ip_address'));
  else if ('port_id' in body) dissociate(cloud, floating);
  else if (Object.keys(body).length === 0) throw neutron(400, 'HTTPBadRequest', 'Missing attributes');
  touch(floating);
  return floating;
}

export const floatingIpRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/floatingips', (call) =>
    ok(
      networkList(
        call,
        'floatingips',
        cloud.network.floatingIps.filter((one) => owns(call, one)),
        (one) => view(cloud, one),
      ),
    ),
  ),
  post('/v2.0/floatingips', (call) => created({ floatingip: view(cloud, take(cloud, call)) })),
  get('/v2.0/floatingips/{id}', (call) => ok({ floatingip: chosenFields(view(cloud, floatingOf(cloud, call)), call) })),
  put('/v2.0/floatingips/{id}', (call) => ok({ floatingip: view(cloud, update(cloud, call)) })),
  remove('/v2.0/floatingips/{id}', (call) => {
    const floating = floatingOf(cloud, call);
    checkNoForwarding(cloud, floating);
    cloud.network.ports.delete(floating.holderPortId);
    cloud.network.floatingIps.delete(floating.id);
    return noContent();
  }),
];
