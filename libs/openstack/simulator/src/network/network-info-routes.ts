import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, put, remove, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredObject } from '../http/fields.ts';
import { blockOf, toNumber } from './addresses.ts';
import { usedAddresses } from './allocate-address.ts';
import { extensionsOf, offers } from './network-extensions.ts';
import { neutron, notByPolicy } from './network-error.ts';
import { networkUsage } from './network-quota.ts';
import { defaultNetworkQuota, type Network, type NetworkQuota } from './network-state.ts';

const extensionView = (alias: string): unknown => ({
  name: alias,
  alias,
  description: '',
  updated: '2013-01-01T00:00:00-00:00',
  links: [],
});

function needAdmin(call: Call, rule: string): void {
  if (!call.who.isAdmin) throw notByPolicy(rule);
}

function agents(cloud: Cloud): unknown[] {
  const now = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const common = {
    host: `${cloud.settings.name}-compute`,
    admin_state_up: true,
    created_at: now,
    started_at: now,
    heartbeat_timestamp: now,
    description: null,
    resources_synced: null,
    alive: true,
    configurations: {},
  };
  return [
    {
      id: '06abb3c8-b7f4-49d2-9a5b-c599a0bf3e74',
      agent_type: 'L3 agent',
      binary: 'neutron-l3-agent',
      topic: 'l3_agent',
      availability_zone: 'nova',
      ...common,
    },
    {
      id: 'd33b3b46-bf83-4419-9525-0a0b8399052b',
      agent_type: 'DHCP agent',
      binary: 'neutron-dhcp-agent',
      topic: 'dhcp_agent',
      availability_zone: 'nova',
      ...common,
    },
    {
      id: 'f3d3f8f3-a1e8-4d43-92a3-e8ff7ee73080',
      agent_type: 'Linux bridge agent',
      binary: 'neutron-linuxbridge-agent',
      topic: 'N/A',
      availability_zone: null,
      ...common,
    },
  ];
}

function availability(cloud: Cloud, network: Network): unknown {
  const subnets = cloud.network.subnetsOf(network.id).map((subnet) => ({
    subnet_id: subnet.id,
    subnet_name: subnet.name,
    cidr: blockOf(subnet.cidr) === undefined ? '' : subnet.cidr,
    ip_version: subnet.ipVersion,
    total_ips: Number(subnet.pools.reduce((sum, pool) => sum + toNumber(pool.end) - toNumber(pool.start) + 1n, 0n)),
    used_ips: usedAddresses(cloud, subnet.id).size,
  }));
  const sum = (key: 'total_ips' | 'used_ips'): number => subnets.reduce((total, subnet) => total + subnet[key], 0);
  return {
    network_id: network.id,
    network_name: network.name,
    tenant_id: network.projectId,
    project_id: network.projectId,
    total_ips: sum('total_ips'),
    used_ips: sum('used_ips'),
    subnet_ip_availability: subnets,
  };
}

function quotaFor(cloud: Cloud, call: Call, rule: string): NetworkQuota {
  if (call.params['id'] !== call.who.projectId) needAdmin(call, rule);
  return cloud.network.quotaOf(call.params['id'] ?? '');
}

function setQuota(cloud: Cloud, call: Call): NetworkQuota {
  needAdmin(call, 'update_quota');
  const body = requiredObject(call.body, 'quota');
  const quota = { ...quotaFor(cloud, call, 'update_quota') };
  for (const key of Object.keys(quota) as (keyof NetworkQuota)[]) quota[key] = numberOf(body, key) ?? quota[key];
  cloud.network.quotas.set(call.params['id'] ?? '', quota);
  return quota;
}

const quotaRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/quotas/{id}', (call) => ok({ quota: quotaFor(cloud, call, 'get_quota') })),
  get('/v2.0/quotas/{id}/default', () => ok({ quota: defaultNetworkQuota })),
  get('/v2.0/quotas/{id}/details.json', (call) => {
    const usage = networkUsage(cloud, call.params['id'] ?? '');
    const quota = quotaFor(cloud, call, 'get_quota');
    return ok({
      quota: Object.fromEntries(
        (Object.keys(quota) as (keyof NetworkQuota)[]).map((key) => [
          key,
          { limit: quota[key], used: usage[key], reserved: 0 },
        ]),
      ),
    });
  }),
  get('/v2.0/quotas', () => ok({ quotas: [] })),
  put('/v2.0/quotas/{id}', (call) => ok({ quota: setQuota(cloud, call) })),
  remove('/v2.0/quotas/{id}', (call) => {
    needAdmin(call, 'delete_quota');
    cloud.network.quotas.delete(call.params['id'] ?? '');
    return noContent();
  }),
];

/** Resources whose extension is there but which nobody has any of. Those of absent extensions answer 404 by themselves. */
const empty = (path: string, key: string): Route => get(`/v2.0/${path}`, () => ok({ [key]: [] }));

const discoveryRoutes = (cloud: Cloud): Route[] => [
  get(
    '/',
    (call) =>
      ok({
        versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${call.origin}/network/v2.0/` }] }],
      }),
    true,
  ),
  get(
    '/v2.0',
    (call) =>
      ok({
        resources: ['network', 'subnet', 'port'].map((name) => ({
          name,
          collection: `${name}s`,
          links: [{ rel: 'self', href: `${call.origin}/network/v2.0/${name}s` }],
        })),
      }),
    true,
  ),
  get('/v2.0/extensions', () => ok({ extensions: extensionsOf(cloud).map(extensionView) })),
  get('/v2.0/extensions/{alias}', (call) => {
    const alias = call.params['alias'] ?? '';
    if (!offers(cloud, alias)) {
      // The extension controller answers by the web framework, not in Neutron's form.
      const message = `The resource could not be found.<br /><br />\nExtension with alias ${alias} does not exist\n\n`;
      return { status: 404, body: { message, code: '404 Not Found', title: 'Not Found' } };
    }
    return ok({ extension: extensionView(alias) });
  }),
];

export const networkInfoRoutes = (cloud: Cloud): Route[] => [
  ...discoveryRoutes(cloud),
  get('/v2.0/agents', (call) => ok({ agents: call.who.isAdmin ? agents(cloud) : [] })),
  get('/v2.0/availability_zones', () =>
    ok({
      availability_zones: [
        { name: 'nova', resource: 'router', state: 'available' },
        { name: 'nova', resource: 'network', state: 'available' },
      ],
    }),
  ),
  get('/v2.0/network-ip-availabilities', (call) => {
    return ok({
      network_ip_availabilities: call.who.isAdmin
        ? [...cloud.network.networks].map((network) => availability(cloud, network))
        : [],
    });
  }),
  get('/v2.0/network-ip-availabilities/{id}', (call) => {
    needAdmin(call, 'get_network_ip_availability');
    const network = cloud.network.networks.get(call.params['id']);
    if (network === undefined)
      throw neutron(404, 'NetworkNotFound', `Network ${call.params['id']} could not be found.`);
    return ok({ network_ip_availability: availability(cloud, network) });
  }),
  ...quotaRoutes(cloud),
  empty('address-scopes', 'address_scopes'),
  empty('flavors', 'flavors'),
  empty('service_profiles', 'service_profiles'),
  empty('floatingip_pools', 'floatingip_pools'),
];
