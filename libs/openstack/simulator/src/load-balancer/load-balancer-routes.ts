import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectsOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest, conflict, notFound } from '../http/refusal.ts';
import { releasePort } from '../network/floating-ip-link.ts';
import type { Subnet } from '../network/network-state.ts';
import { makePort } from '../network/port-create.ts';
import { uuid } from '../state/identifiers.ts';
import type { LoadBalancer } from './load-balancer-state.ts';
import { mayReach, octaviaBody, octaviaList } from './octavia-list.ts';
import { balancerView } from './tree-views.ts';

const changeable = ['name', 'description', 'admin_state_up', 'vip_qos_policy_id', 'vip_sg_ids', 'tags'];
const creatable = [
  ...changeable,
  'vip_address',
  'vip_subnet_id',
  'vip_network_id',
  'vip_port_id',
  'additional_vips',
  'provider',
  'flavor_id',
  'availability_zone',
  'project_id',
];
const defaults = {
  name: '',
  description: '',
  admin_state_up: true,
  vip_qos_policy_id: null,
  vip_sg_ids: [],
  tags: [],
  flavor_id: null,
  availability_zone: null,
};

const text = (body: JsonObject, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.filter((key) => key in body).map((key) => [key, body[key] ?? null]));

function balancerOf(cloud: Cloud, call: Call): LoadBalancer {
  const one = cloud.loadBalancer.loadBalancers.get(call.params['id']);
  if (one === undefined || !mayReach(call, one)) throw notFound(`Load Balancer ${call.params['id']} not found.`);
  return one;
}

function subnetIn(cloud: Cloud, body: JsonObject): Subnet {
  const subnet = textOf(body, 'vip_subnet_id');
  const found =
    subnet === undefined
      ? cloud.network.subnetsOf(requiredText(body, 'vip_network_id'))[0]
      : cloud.network.subnets.get(subnet);
  if (found === undefined) throw badRequest(`Subnet ${subnet} not found.`);
  return found;
}

/** A port that its user made, and that stays when the load balancer goes. */
function givenVip(cloud: Cloud, portId: string): Pick<LoadBalancer, 'vip' | 'furtherVips'> {
  const port = cloud.network.ports.get(portId);
  const [first] = port?.fixedIps ?? [];
  if (port === undefined || first === undefined) throw badRequest(`Port ${portId} not found.`);
  if (port.deviceId !== '') throw badRequest(`Validation failure: Port ${portId} is already used by another device.`);
  const vip = { address: first.ip_address, portId, subnetId: first.subnet_id, networkId: port.networkId };
  return { vip, furtherVips: [] };
}

/** Octavia makes the port with rights of its own, in the project of the load balancer. */
function vipOf(
  cloud: Cloud,
  id: string,
  projectId: string,
  body: JsonObject,
): Pick<LoadBalancer, 'vip' | 'furtherVips'> {
  const given = textOf(body, 'vip_port_id');
  if (given !== undefined) return givenVip(cloud, given);
  const subnet = subnetIn(cloud, body);
  const network = cloud.network.networks.get(subnet.networkId);
  if (network === undefined) throw badRequest(`Network ${subnet.networkId} not found.`);
  const further = objectsOf(body, 'additional_vips') ?? [];
  const port = makePort(cloud, network, {
    projectId,
    name: `octavia-lb-${id}`,
    adminStateUp: false,
    deviceId: `lb-${id}`,
    deviceOwner: 'Octavia',
    securityGroups: [],
    wishes: [
      { subnetId: subnet.id, address: textOf(body, 'vip_address') },
      ...further.map((one) => ({ subnetId: requiredText(one, 'subnet_id'), address: textOf(one, 'ip_address') })),
    ],
  });
  const [first, ...others] = port.fixedIps;
  return {
    vip: { address: first?.ip_address ?? '', portId: port.id, subnetId: subnet.id, networkId: network.id },
    furtherVips: others.map((ip) => ({ ...ip, port_id: port.id })),
  };
}

function make(cloud: Cloud, call: Call): LoadBalancer {
  const body = octaviaBody(call, 'loadbalancer', creatable);
  const projectId = textOf(body, 'project_id') ?? call.who.projectId;
  const flavor = textOf(body, 'flavor_id');
  if (flavor !== undefined && !cloud.loadBalancer.flavors.some(({ id }) => id === flavor))
    throw badRequest('Validation failure: Invalid flavor_id.');
  const provider = textOf(body, 'provider') ?? 'amphora';
  if (provider !== 'amphora') throw badRequest(`Provider '${provider}' is not enabled.`);
  const id = uuid();
  const one = cloud.loadBalancer.loadBalancers.add({
    id,
    born: Date.now(),
    updated: null,
    projectId,
    status: 'PENDING_CREATE',
    fields: { ...defaults, ...text(body, [...changeable, 'flavor_id', 'availability_zone']), provider },
    ...vipOf(cloud, id, projectId, body),
  });
  cloud.jobs.later(() => void (one.status = 'ACTIVE'), 2);
  return one;
}

const invalidState = (one: LoadBalancer): Error =>
  conflict(`Invalid state ${one.status} of loadbalancer resource ${one.id}`);

function update(cloud: Cloud, call: Call): LoadBalancer {
  const one = balancerOf(cloud, call);
  const body = octaviaBody(call, 'loadbalancer', changeable);
  if (one.status !== 'ACTIVE') throw invalidState(one);
  one.status = 'PENDING_UPDATE';
  one.fields = { ...one.fields, ...text(body, changeable) };
  one.updated = Date.now();
  cloud.jobs.later(() => void (one.status = 'ACTIVE'));
  return one;
}

function destroy(cloud: Cloud, call: Call): void {
  const one = balancerOf(cloud, call);
  const nodes = cloud.loadBalancer.nodes.filter((node) => node.loadBalancerId === one.id);
  const cascade = flagOf({ cascade: call.query.get('cascade') }, 'cascade') ?? false;
  if (nodes.length > 0 && !cascade)
    throw badRequest(`Validation failure: Cannot delete Load Balancer ${one.id} - it has children`);
  if (one.status !== 'ACTIVE' && one.status !== 'ERROR') throw invalidState(one);
  one.status = 'PENDING_DELETE';
  cloud.jobs.later(() => {
    for (const node of nodes) cloud.loadBalancer.nodes.delete(node.id);
    if (cloud.network.ports.get(one.vip.portId)?.deviceOwner === 'Octavia') {
      releasePort(cloud, one.vip.portId);
      cloud.network.ports.delete(one.vip.portId);
    }
    cloud.loadBalancer.loadBalancers.delete(one.id);
  });
}

export const loadBalancerRoutes = (cloud: Cloud): Route[] => {
  const view = (one: LoadBalancer): Record<string, unknown> => balancerView(cloud, one);
  return [
    get('/v2/lbaas/loadbalancers', (call) =>
      ok(octaviaList(call, 'loadbalancers', cloud.loadBalancer.loadBalancers, view)),
    ),
    post('/v2/lbaas/loadbalancers', (call) => created({ loadbalancer: view(make(cloud, call)) })),
    get('/v2/lbaas/loadbalancers/{id}', (call) => ok({ loadbalancer: view(balancerOf(cloud, call)) })),
    put('/v2/lbaas/loadbalancers/{id}', (call) => ok({ loadbalancer: view(update(cloud, call)) })),
    remove('/v2/lbaas/loadbalancers/{id}', (call) => {
      destroy(cloud, call);
      return noContent();
    }),
    get('/v2/lbaas/providers', () =>
      ok({ providers: [{ name: 'amphora', description: 'The Octavia Amphora driver.' }], providers_links: [] }),
    ),
    get('/v2/lbaas/flavors', () => ok({ flavors: cloud.loadBalancer.flavors, flavors_links: [] })),
    get('/v2/lbaas/availabilityzones', () => ok({ availability_zones: [], availability_zones_links: [] })),
  ];
};
