import type { Json } from '@lifeboat/kernel';
import { LifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  AGENTS_OWN,
  created,
  defined,
  describeNeutron,
  found,
  isOctavias,
  neutronSpec,
  one,
  pick,
  ref,
  refs,
  tagEventsOf,
  tagNeutron,
  without,
} from '../fields.ts';
import { comesBackByPut } from './comes-back.ts';
import type { ByPut } from './comes-back.ts';
import { NO_WAY_OUT } from './isolation.ts';

/**
 * The load balancer whose VIP port it leads to, as Neutron tells of that port: Octavia makes it anew, so the way there is the load balancer. (Its own
 * ports have the id in `device_id`, those of the OVN provider in the name.)
 */
function balancerOf(live: Live): Ref | undefined {
  const { device_owner, device_id, name } = (live['port_details'] ?? {}) as Readonly<Record<string, unknown>>;
  if (!isOctavias(device_owner)) return undefined;
  const [id] = [device_id, name].flatMap(
    (text) => /^(?:ovn-lb-vip-|octavia-lb-|lb-)(.+)$/.exec(String(text))?.[1] ?? [],
  );
  return ref('load-balancer', id);
}

const vipPortOf = async (cloud: Cloud, id: string): Promise<unknown> =>
  (await cloud['load-balancer'].get<{ loadbalancer: Live }>(`/lbaas/loadbalancers/${id}`)).loadbalancer['vip_port_id'];

/** Nowhere, or to what comes back with it: nobody has taken it for something else. */
function leadsNoOtherWay(live: Live, to: Target): boolean {
  if (live['port_id'] === null) return true;
  return to.comesBack(balancerOf(live) ?? { kind: 'port', id: String(live['port_id']) });
}

/** To its load balancer it leads already, where that comes back. */
function wayOf(kept: Entity, to: Target, live: Live): Readonly<Record<string, unknown>> {
  const balancer = to.maybe(one(kept, 'loadBalancer'));
  if (balancer !== undefined && balancerOf(live)?.id === balancer) return pick(live, 'port_id', 'fixed_ip_address');
  const port = to.maybe(one(kept, 'port')) ?? null;
  return { port_id: port, fixed_ip_address: port === null ? null : kept.spec['fixed_ip_address'] };
}

/** An address alone leads nowhere, and a port alone to any of its addresses. */
const leadingTo: ByPut['sent'] = (fields, wanted) =>
  'port_id' in fields || 'fixed_ip_address' in fields
    ? {
        ...without(fields, 'fixed_ip_address'),
        ...pick(wanted, 'port_id', ...(wanted['port_id'] === null ? [] : ['fixed_ip_address'])),
      }
    : fields;

const leadingNowhere = ({ refs: { port: _port, ...others }, ...kept }: Entity): Entity => ({
  ...kept,
  refs: others,
  spec: { ...kept.spec, fixed_ip_address: null },
});

/** Neutron floating IP. Its address lives in the provider's prefix, so the target gives another one; what it leads to is kept. */
export const floatingIp = entity({
  kind: 'floating-ip',
  service: 'network',
  schema: 4,
  provision: 'created',
  summary:
    "Which port or load balancer and fixed address it leads to, QoS policy, description and tags; the address comes from the target's pool.",
  notKept: AGENTS_OWN,

  list: (cloud, scope) =>
    cloud.network.list<Live>('/floatingips', 'floatingips', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/floatingips/${id}`), 'floatingip'),
  notified: {
    'floatingip.': ['floatingip/id', 'floatingips/*/id', 'floatingip_id'],
    ...tagEventsOf('floatingips'),
  },
  capture: (live) => ({
    id: live.id,
    name: String(live['floating_ip_address']),
    spec: {
      floating_ip_address: live['floating_ip_address'] as Json,
      fixed_ip_address: (live['fixed_ip_address'] ?? null) as Json,
      ...neutronSpec(live),
    },
    refs: refs({
      pool: ref('network', live['floating_network_id']),
      port: balancerOf(live) ? undefined : ref('port', live['port_id']),
      loadBalancer: balancerOf(live),
      qosPolicy: ref('qos-policy', live['qos_policy_id']),
    }),
    observed: { dns_name: (live['dns_name'] ?? null) as Json },
  }),
  belongsTo: ['port', 'loadBalancer'],
  outside: () => NO_WAY_OUT,
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/floatingips', 'floatingips', { query: { project_id: to.projectId } }),
  // A floating IP is routed only once the subnet's router has both its gateway and its interface.
  after: (_self, all) => [...all.of('router'), ...all.of('router-interface')],
  body: (kept, to) => {
    const [pool, port] = [one(kept, 'pool'), one(kept, 'port')];
    const balancer = to.maybe(one(kept, 'loadBalancer'));
    return {
      // Not a field: `create` asks for its VIP port.
      ...(balancer !== undefined && { loadbalancer_id: balancer }),
      floatingip: defined({
        floating_network_id: pool && to.id(pool),
        port_id: port && to.id(port),
        fixed_ip_address: (port ?? balancer) ? (kept.spec['fixed_ip_address'] ?? undefined) : undefined,
        description: to.mark.text,
        qos_policy_id: to.maybe(one(kept, 'qosPolicy')),
        // To choose one is an administrator's right; it can be had where both clouds announce one prefix.
        floating_ip_address: to.isAdmin ? kept.spec['floating_ip_address'] : undefined,
      }),
    };
  },
  async create(cloud, { loadbalancer_id: balancer, floatingip }) {
    const vip = balancer === undefined ? {} : { port_id: await vipPortOf(cloud, String(balancer)) };
    const { floating_ip_address: wish, ...given } = floatingip as Record<string, unknown>;
    const wanted = { ...given, ...vip };
    const any = { floatingip: wanted };
    if (wish === undefined) return created(cloud.network, '/floatingips', 'floatingip', any);
    const chosen = { floatingip: { ...wanted, floating_ip_address: wish } };
    return created(cloud.network, '/floatingips', 'floatingip', chosen).catch((thrown: unknown) => {
      // Refused, not lost: the address is not of the target's range, is taken, or may not be chosen. Any other will do.
      if (thrown instanceof LifeboatError && ['invalid-input', 'conflict', 'forbidden'].includes(thrown.kind))
        return created(cloud.network, '/floatingips', 'floatingip', any);
      throw thrown;
    });
  },
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/floatingips/${id}`, kept, to.mark)),
  async finish(cloud, id, kept, to) {
    // Neutron takes an update that does not name the QoS policy for one that takes it away.
    const policy = to.maybe(one(kept, 'qosPolicy'));
    await describeNeutron(cloud, `/floatingips/${id}`, 'floatingip', kept, policy ? { qos_policy_id: policy } : {});
  },
  remove: async (cloud, id) => void (await cloud.network.delete(`/floatingips/${id}`)),
  returns: comesBackByPut({
    path: '/floatingips',
    key: 'floatingip',
    fields: ['port_id', 'fixed_ip_address', 'description', 'qos_policy_id'],
    fits: (live, kept, to) => live['floating_network_id'] === to.maybe(one(kept, 'pool')) && leadsNoOtherWay(live, to),
    wanted: (kept, to, live) => ({
      ...wayOf(kept, to, live),
      qos_policy_id: to.maybe(one(kept, 'qosPolicy')) ?? null,
    }),
    // Neutron takes an update that does not name the policy for one that takes it away.
    always: (live) => pick(live, 'qos_policy_id'),
    sent: leadingTo,
  }),
  // Its address alone, which may be the primary's where both clouds have one range: it must not answer twice.
  staged: (kept) => (one(kept, 'loadBalancer') ? undefined : leadingNowhere(kept)),
  fields: (kept, to) => ({
    floating_ip_address: { mapped: 'floating IP pool of the target' },
    name: { mapped: 'its name is its address' },
    ...(one(kept, 'loadBalancer') &&
      to.maybe(one(kept, 'loadBalancer')) === undefined && {
        fixed_ip_address: { dropped: 'its load balancer is left out' },
      }),
  }),
  uses: () => ({ 'network:floatingip': 1 }),

  examples: [
    {
      live: {
        id: 'f1',
        floating_ip_address: '172.24.4.9',
        fixed_ip_address: '10.0.0.5',
        floating_network_id: 'ext',
        port_id: 'p1',
        description: 'door',
        tags: [],
        status: 'ACTIVE',
      },
      keeps: {
        id: 'f1',
        name: '172.24.4.9',
        spec: { floating_ip_address: '172.24.4.9', fixed_ip_address: '10.0.0.5', description: 'door', tags: [] },
        refs: { pool: { kind: 'network', id: 'ext' }, port: { kind: 'port', id: 'p1' } },
        observed: { dns_name: null },
      },
    },
    {
      live: {
        id: 'f2',
        floating_ip_address: '172.24.4.10',
        fixed_ip_address: '10.0.0.50',
        floating_network_id: 'ext',
        port_id: 'vip',
        port_details: { name: 'octavia-lb-balancer', device_id: 'lb-balancer', device_owner: 'Octavia' },
        description: '',
        tags: [],
        status: 'ACTIVE',
      },
      keeps: {
        id: 'f2',
        name: '172.24.4.10',
        spec: { floating_ip_address: '172.24.4.10', fixed_ip_address: '10.0.0.50', description: '', tags: [] },
        refs: { pool: { kind: 'network', id: 'ext' }, loadBalancer: { kind: 'load-balancer', id: 'balancer' } },
        observed: { dns_name: null },
      },
    },
  ],
});
