import type { Json } from '@lifeboat/kernel';
import { canonicalJson } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Target } from '@lifeboat/openstack-entity-api';
import { created, defined, found, one, pick, ref, refs } from '../fields.ts';

const FIELDS = ['direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix'] as const;

export const rulesOf = (rule: Entity): Ref | undefined => one(rule, 'group');

/** Neutron refuses a second rule that says the same (409), whatever its description: so this is what a rule is. */
export const ruleKey = {
  kept: (kept: Entity, to: Target): string =>
    canonicalJson([
      to.maybe(one(kept, 'group')) ?? null,
      ...FIELDS.map((field) => kept.spec[field] ?? null),
      to.maybe(one(kept, 'remoteGroup')) ?? null,
    ]),
  live: (live: Live): string =>
    canonicalJson([
      live['security_group_id'] ?? null,
      ...FIELDS.map((field) => live[field] ?? null),
      live['remote_group_id'] ?? null,
    ]),
};

/** One rule. Groups may refer to each other and to themselves: they all stand, empty, before the first rule is made. */
export const securityGroupRule = entity({
  kind: 'security-group-rule',
  service: 'network',
  schema: 1,
  provision: 'created',
  summary:
    'Direction, protocol, ports, remote range or remote group (its own too) and description. Remote address groups are reported.',

  // By their groups: a rule that an administrator put into a tenant's group belongs to the administrator's project.
  async *list(cloud, scope) {
    const query = { project_id: scope.projectId };
    for await (const group of cloud.network.list<Live>('/security-groups', 'security_groups', { query }))
      yield* (group['security_group_rules'] ?? []) as readonly Live[];
  },
  get: (cloud, id) => found(cloud.network.get(`/security-group-rules/${id}`), 'security_group_rule'),
  skip: (live) =>
    live['remote_address_group_id'] ? 'its remote is an address group, which is not carried yet' : undefined,
  capture: (live) => ({
    id: live.id,
    name: '',
    spec: { ...pick(live, ...FIELDS), description: (live['description'] ?? '') as Json },
    refs: refs({
      group: ref('security-group', live['security_group_id']),
      remoteGroup: ref('security-group', live['remote_group_id']),
    }),
    observed: {},
  }),
  belongsTo: ['group'],
  candidates: (cloud, kept, to) =>
    cloud.network.list<Live>('/security-group-rules', 'security_group_rules', {
      query: { security_group_id: to.maybe(one(kept, 'group')) },
    }),
  naturalKey: ruleKey,
  body: (kept, to) => {
    const [group, remote] = [one(kept, 'group'), one(kept, 'remoteGroup')];
    const spec = Object.fromEntries(Object.entries(kept.spec).filter(([, value]) => value !== null));
    return {
      security_group_rule: defined({
        ...spec,
        security_group_id: group && to.id(group),
        remote_group_id: remote && to.id(remote),
      }),
    };
  },
  create: (cloud, body) => created(cloud.network, '/security-group-rules', 'security_group_rule', body),
  remove: async (cloud, id) => void (await cloud.network.delete(`/security-group-rules/${id}`)),
  fields: { description: { mapped: 'the rule stood there already' } },
  uses: () => ({ 'network:security_group_rule': 1 }),

  examples: [
    {
      live: {
        id: 'u1',
        security_group_id: 'g1',
        direction: 'ingress',
        ethertype: 'IPv4',
        protocol: 'tcp',
        port_range_min: 5432,
        port_range_max: 5432,
        remote_ip_prefix: null,
        remote_group_id: 'g1',
        description: null,
      },
      keeps: {
        id: 'u1',
        name: '',
        spec: {
          direction: 'ingress',
          ethertype: 'IPv4',
          protocol: 'tcp',
          port_range_min: 5432,
          port_range_max: 5432,
          remote_ip_prefix: null,
          description: '',
        },
        refs: { group: { kind: 'security-group', id: 'g1' }, remoteGroup: { kind: 'security-group', id: 'g1' } },
        observed: {},
      },
    },
  ],
});
