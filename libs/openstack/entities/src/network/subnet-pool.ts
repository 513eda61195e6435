import type { Json } from '@lifeboat/kernel';
import { asLifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  AGENTS_OWN,
  byName,
  byText,
  created,
  defined,
  describeNeutron,
  found,
  neutronSpec,
  pick,
  refs,
  tagEventsOf,
  tagNeutron,
} from '../fields.ts';
import { NO_POOL } from './isolation.ts';
import { isOpenToOthers, sharedByFlag } from './shared.ts';

const LENGTHS = ['min_prefixlen', 'max_prefixlen', 'default_prefixlen'] as const;

const pools = (cloud: Cloud, query: Record<string, string> = {}): AsyncIterable<Live> =>
  cloud.network.list<Live>('/subnetpools', 'subnetpools', { query });

/** Neutron subnet pool: the project's own is made again, one that others share is mapped by name. */
export const subnetPool = entity({
  kind: 'subnet-pool',
  service: 'network',
  extension: 'subnet_allocation',
  schema: 2,
  provision: 'created',
  summary:
    "Prefixes, lengths, quota, flags, description and tags of own pools; shared ones are mapped by name or by the group's mappings (subnetPool). The address scope is the operator's.",
  notKept: AGENTS_OWN,

  list: (cloud, scope) => pools(cloud, { project_id: scope.projectId }),
  get: (cloud, id) => found(cloud.network.get(`/subnetpools/${id}`), 'subnetpool'),
  notified: { 'subnetpool.': ['subnetpool/id', 'subnetpools/*/id', 'subnetpool_id'], ...tagEventsOf('subnetpools') },
  capture: (live, scope) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'default_quota', 'shared', 'is_default'),
      prefixes: byText(live['prefixes']),
      // Answered as texts, taken as numbers.
      ...Object.fromEntries(LENGTHS.map((length) => [length, Number(live[length])])),
      ...neutronSpec(live),
    },
    refs: refs({}),
    observed: {
      ...pick(live, 'ip_version'),
      address_scope: (live['address_scope_id'] ?? null) as Json,
      of_others: live['project_id'] !== scope.projectId,
    },
  }),
  find: async (cloud, kept, to) =>
    kept.observed['of_others'] === true || to.mapped('subnetPool', kept.name) !== kept.name
      ? byName(pools(cloud), kept, to, 'subnetPool')
      : undefined,
  outside: () => NO_POOL,
  declines: (cloud, kept) =>
    Promise.resolve(
      kept.observed['of_others'] === true
        ? `others share it at the source, and ${cloud.site} has none of its name: its subnets are made without a pool`
        : undefined,
    ),
  candidates: (cloud, _kept, to) => pools(cloud, { project_id: to.projectId }),
  body: (kept, to) => ({
    subnetpool: defined({
      ...Object.fromEntries(LENGTHS.map((length) => [length, kept.spec[length]])),
      name: kept.spec['name'],
      description: to.mark.text,
      prefixes: kept.spec['prefixes'],
      default_quota: kept.spec['default_quota'] ?? undefined,
      // To name it at all is an administrator's right.
      shared: sharedByFlag(kept, to) ? true : undefined,
    }),
  }),
  create: (cloud, body) => created(cloud.network, '/subnetpools', 'subnetpool', body),
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/subnetpools/${id}`, kept, to.mark)),
  async finish(cloud, id, kept, to) {
    const path = `/subnetpools/${id}`;
    await describeNeutron(cloud, path, 'subnetpool', kept);
    if (kept.spec['is_default'] !== true || !to.isAdmin) return;
    await cloud.network.put(path, { subnetpool: { is_default: true } }).catch((thrown: unknown) => {
      // There is one default per IP version in a whole cloud.
      if (asLifeboatError(thrown).kind !== 'invalid-input') throw thrown;
    });
  },
  remove: async (cloud, id) => void (await cloud.network.delete(`/subnetpools/${id}`)),
  fields: ({ spec }, to) => ({
    ...(spec['is_default'] === true && { is_default: { mapped: 'the cloud has another default there' } }),
    ...(spec['shared'] === true && !to.isAdmin && { shared: { dropped: 'only an administrator may share a pool' } }),
  }),
  notes: ({ observed }) =>
    observed['address_scope'] ? [{ field: 'address scope', dropped: "address scopes are the operator's" }] : [],
  uses: ({ observed }) => (observed['of_others'] === true ? {} : { 'network:subnetpool': 1 }),

  returns: 'as it is',
  staged: (kept) => (isOpenToOthers(kept) ? undefined : kept),
  examples: [
    {
      live: {
        id: 'o1',
        name: 'pool',
        tenant_id: 'p1',
        project_id: 'p1',
        prefixes: ['10.90.0.0/20'],
        min_prefixlen: '24',
        max_prefixlen: '32',
        default_prefixlen: '26',
        default_quota: null,
        address_scope_id: null,
        ip_version: 4,
        shared: false,
        is_default: false,
        description: '',
        tags: [],
        revision_number: 0,
      },
      keeps: {
        id: 'o1',
        name: 'pool',
        spec: {
          name: 'pool',
          default_quota: null,
          shared: false,
          is_default: false,
          prefixes: ['10.90.0.0/20'],
          min_prefixlen: 24,
          max_prefixlen: 32,
          default_prefixlen: 26,
          description: '',
          tags: [],
        },
        refs: {},
        observed: { ip_version: 4, address_scope: null, of_others: false },
      },
    },
  ],
});
