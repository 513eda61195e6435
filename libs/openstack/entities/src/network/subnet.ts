import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Scope, Target } from '@lifeboat/openstack-entity-api';
import {
  byText,
  defined,
  describeNeutron,
  found,
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
import { NO_POOL } from './isolation.ts';
import { createSubnet } from './pool-room.ts';

const FIELDS = [
  'name',
  'cidr',
  'ip_version',
  'gateway_ip',
  'enable_dhcp',
  'dns_nameservers',
  'ipv6_ra_mode',
  'ipv6_address_mode',
] as const;

const CHANGED = ['name', 'gateway_ip', 'dns_nameservers', 'allocation_pools', 'host_routes', 'service_types'];

/** IPv6 modes are refused at a subnet without DHCP. */
const needsDhcpAtOnce = (kept: Entity): boolean => Boolean(kept.spec['ipv6_ra_mode'] ?? kept.spec['ipv6_address_mode']);

/** A range that a provider's DHCP delegates comes from no pool, although it says so. */
const DELEGATED = 'prefix_delegation';
const poolOf = (live: Live, scope: Scope): Ref | undefined =>
  live['subnetpool_id'] === DELEGATED || live['project_id'] !== scope.projectId
    ? undefined
    : ref('subnet-pool', live['subnetpool_id']);

const NO_ROOM = 'the pool that stands for its own has no room for its range, or does not show whether it has';

/** A pool that was not made for this: it may be of any size, and others may have of it. */
function hasOtherPool(kept: Entity, to: Target): boolean {
  const pool = to.captured(one(kept, 'pool') ?? { kind: 'subnet-pool', id: '' });
  return (
    pool !== undefined && (pool.observed['of_others'] === true || to.mapped('subnetPool', pool.name) !== pool.name)
  );
}

const dhcpHere = (kept: Entity) => pick(kept.spec, 'enable_dhcp');

/** Its ports would take addresses that a port of the group comes to have meanwhile. */
const withoutDhcp = (kept: Entity): Entity =>
  needsDhcpAtOnce(kept) ? kept : { ...kept, spec: { ...kept.spec, enable_dhcp: false } };

const AS_CAPTURED: ByPut = {
  path: '/subnets',
  key: 'subnet',
  fields: [...CHANGED, 'enable_dhcp', 'description'],
  fits: (live, kept, to) => live['cidr'] === kept.spec['cidr'] && live['network_id'] === to.maybe(one(kept, 'network')),
  wanted: (kept) => pick(kept.spec, ...CHANGED),
  sent: (fields, _wanted, to) => (to.isAdmin ? fields : without(fields, 'service_types')),
};

/** Neutron subnet. DHCP is switched on last: its ports take the first free addresses, which may be a server's. */
export const subnet = entity({
  kind: 'subnet',
  service: 'network',
  schema: 2,
  provision: 'created',
  summary:
    'Range, gateway (none is kept as none), pools, DNS, host routes, IPv6 modes, service types, tags and the subnet pool it came from, where that has room for its range.',

  list: (cloud, scope) => cloud.network.list<Live>('/subnets', 'subnets', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/subnets/${id}`), 'subnet'),
  notified: { 'subnet.': ['subnet/id', 'subnets/*/id', 'subnet_id'], ...tagEventsOf('subnets') },
  capture: (live, scope) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, ...FIELDS),
      allocation_pools: byText(live['allocation_pools']),
      host_routes: byText(live['host_routes']),
      service_types: byText(live['service_types']),
      ...neutronSpec(live),
    },
    refs: refs({
      network: ref('network', live['network_id']),
      pool: poolOf(live, scope),
    }),
    observed: { foreign: live['project_id'] !== scope.projectId },
  }),
  belongsTo: ['network'],
  needs: ['network'],
  /** A subnet of a network that is mapped: the one of the mapped network with the same range. */
  find: async (cloud, kept, to) => {
    if (to.isolated) return undefined;
    const network = to.captured(one(kept, 'network') ?? { kind: 'network', id: '' });
    const mapped = network !== undefined && to.mapped('network', network.name) !== network.name;
    if (kept.observed['foreign'] !== true && !mapped) return undefined;
    for await (const live of cloud.network.list<Live>('/subnets', 'subnets', {
      query: { network_id: to.maybe(one(kept, 'network')) },
    }))
      if (live['cidr'] === kept.spec['cidr']) return { id: live.id, rule: 'subnet of the mapped network by range' };
    return undefined;
  },
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/subnets', 'subnets', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const { tags: _tags, description: _description, ...spec } = kept.spec;
    const { ipv6_ra_mode: ra, ipv6_address_mode: mode, service_types: types, ...plain } = spec;
    const network = one(kept, 'network');
    return {
      subnet: defined({
        ...plain,
        description: to.mark.text,
        network_id: network && to.id(network),
        subnetpool_id: to.isolated ? undefined : to.maybe(one(kept, 'pool')),
        enable_dhcp: needsDhcpAtOnce(kept) ? kept.spec['enable_dhcp'] : false,
        ipv6_ra_mode: ra ?? undefined,
        ipv6_address_mode: mode ?? undefined,
        // To name them at all, even none, is an administrator's right.
        service_types: to.isAdmin && (types as readonly string[]).length > 0 ? types : undefined,
      }),
    };
  },
  create: createSubnet,
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/subnets/${id}`, kept, to.mark)),
  finish: async (cloud, id, kept) =>
    void (await describeNeutron(cloud, `/subnets/${id}`, 'subnet', kept, { enable_dhcp: kept.spec['enable_dhcp'] })),
  remove: async (cloud, id) => void (await cloud.network.delete(`/subnets/${id}`)),
  returns: { ...comesBackByPut(AS_CAPTURED), last: comesBackByPut({ ...AS_CAPTURED, wanted: dhcpHere }).restore },
  staged: withoutDhcp,
  fields: (kept, to) => ({
    ...(!to.isAdmin && { service_types: { dropped: 'only an administrator may set them' } }),
    ...(hasOtherPool(kept, to) && { 'refs.pool': { mapped: NO_ROOM } }),
    ...(to.isolated && { 'refs.pool': { dropped: NO_POOL } }),
  }),
  uses: (kept) => (kept.observed['foreign'] === true ? {} : { 'network:subnet': 1 }),

  examples: [
    {
      live: {
        id: 's1',
        name: 'web',
        description: '',
        network_id: 'n1',
        cidr: '10.0.0.0/24',
        ip_version: 4,
        gateway_ip: null,
        enable_dhcp: true,
        allocation_pools: [{ start: '10.0.0.2', end: '10.0.0.9' }],
        dns_nameservers: [],
        host_routes: [],
        ipv6_ra_mode: null,
        ipv6_address_mode: null,
        service_types: [],
        project_id: 'p1',
        subnetpool_id: 'o1',
        tags: [],
      },
      keeps: {
        id: 's1',
        name: 'web',
        spec: {
          name: 'web',
          cidr: '10.0.0.0/24',
          ip_version: 4,
          gateway_ip: null,
          enable_dhcp: true,
          allocation_pools: [{ start: '10.0.0.2', end: '10.0.0.9' }],
          dns_nameservers: [],
          host_routes: [],
          ipv6_ra_mode: null,
          ipv6_address_mode: null,
          service_types: [],
          description: '',
          tags: [],
        },
        refs: { network: { kind: 'network', id: 'n1' }, pool: { kind: 'subnet-pool', id: 'o1' } },
        observed: { foreign: false },
      },
    },
  ],
});
