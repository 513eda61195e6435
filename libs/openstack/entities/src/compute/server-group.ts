import type { Json } from '@lifeboat/kernel';
import { canonicalJson } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { created, found, refs } from '../fields.ts';

/** Server groups with one policy and its rules (2.64). */
const SINCE = '2.64';

const policyOf = (live: Live): Json =>
  (live['policy'] ?? (live['policies'] as readonly string[] | undefined)?.[0] ?? '') as Json;
const key = (name: unknown, policy: unknown, rules: unknown): string => canonicalJson([name, policy, rules ?? {}]);

const STRICT = ['anti-affinity', 'affinity'];

/** Nova server group. It can bear no mark: the stored intent and its name tell ours from others'. Servers join it only when they are created. */
export const serverGroup = entity({
  kind: 'server-group',
  service: 'compute',
  schema: 1,
  provision: 'created',
  summary: 'Name, policy and rules; servers join when they are created.',

  list: (cloud) => cloud.compute.list<Live>('/os-server-groups', 'server_groups', { microversion: SINCE }),
  get: (cloud, id) => found(cloud.compute.get(`/os-server-groups/${id}`, { microversion: SINCE }), 'server_group'),
  notified: { 'servergroup.': ['server_group_id'], 'server_group.': ['nova_object.data/uuid'] },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: { name: live['name'] as Json, policy: policyOf(live), rules: (live['rules'] ?? {}) as Json },
    refs: refs({}),
    observed: { members: ((live['members'] ?? []) as readonly string[]).length },
  }),
  candidates: (cloud) => cloud.compute.list<Live>('/os-server-groups', 'server_groups', { microversion: SINCE }),
  naturalKey: {
    kept: (kept) => key(kept.spec['name'], kept.spec['policy'], kept.spec['rules']),
    live: (live) => key(live['name'], policyOf(live), live['rules']),
  },
  body: ({ spec }) => ({
    server_group: {
      name: spec['name'],
      policy: spec['policy'],
      ...(Object.keys((spec['rules'] ?? {}) as object).length > 0 && { rules: spec['rules'] }),
    },
  }),
  create: (cloud, body) => created(cloud.compute, '/os-server-groups', 'server_group', body, SINCE),
  remove: async (cloud, id) => void (await cloud.compute.delete(`/os-server-groups/${id}`)),
  returns: {
    // Under a strict policy the originals would keep the new servers from their hosts for as long as they stand.
    async look(cloud, id, { spec }) {
      if (STRICT.includes(String(spec['policy']))) return undefined;
      const live = await found<Live>(
        cloud.compute.get(`/os-server-groups/${id}`, { microversion: SINCE }),
        'server_group',
      );
      const there = live && key(live['name'], policyOf(live), live['rules']);
      return there === key(spec['name'], spec['policy'], spec['rules']) ? {} : undefined;
    },
    restore: async () => undefined,
    putBack: async () => undefined,
  },
  uses: () => ({ 'compute:server_groups': 1 }),

  examples: [
    {
      live: { id: 'sg-1', name: 'webs', policy: 'soft-anti-affinity', rules: {}, members: ['s1', 's2'] },
      keeps: {
        id: 'sg-1',
        name: 'webs',
        spec: { name: 'webs', policy: 'soft-anti-affinity', rules: {} },
        refs: {},
        observed: { members: 2 },
      },
    },
  ],
});
