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
      to.maybe(one(kept, 'remoteAddressGroup')) ?? null,
    ]),
  live: (live: Live): string =>
    canonicalJson([
      live['security_group_id'] ?? null,
      ...FIELDS.map((field) => live[field] ?? null),
      live['remote_group_id'] ?? null,
      live['remote_address_group_id'] ?? null,
    ]),
};

/** One rule. Groups may refer to each other and to themselves: they all stand, empty, before the first rule is made. */
export const securityGroupRule = entity({
  kind: 'security-group-rule',
  service: 'network',
  schema: 2,
  provision: 'created',
  summary:
    'Direction, protocol, ports, remote range, remote group (its own too) or remote address group, and description.',

  // By their groups: a rule that an administrator put into a tenant's group belongs to the administrator's project.
  async *list(cloud, scope) {
    const query = { project_id: scope.projectId };
    for await (const group of cloud.network.list<Live>('/security-groups', 'security_groups', { query }))
      yield* (group['security_group_rules'] ?? []) as readonly Live[];
  },
  get: (cloud, id) => found(cloud.network.get(`/security-group-rules/${id}`), 'security_group_rule'),
  notified: {
    'security_group_rule.': ['security_group_rule/id', 'security_group_rules/*/id', 'security_group_rule_id'],
    // A new group's own rules are told of with it alone.
    'security_group.': ['security_group/security_group_rules/*/id'],
  },
  capture: (live) => ({
    id: live.id,
    name: '',
    spec: { ...pick(live, ...FIELDS), description: (live['description'] ?? '') as Json },
    refs: refs({
      group: ref('security-group', live['security_group_id']),
      remoteGroup: ref('security-group', live['remote_group_id']),
      remoteAddressGroup: ref('address-group', live['remote_address_group_id']),
    }),
    observed: {},
  }),
  belongsTo: ['group'],
  // Without its remote it would let everybody in.
  needs: ['group', 'remoteGroup', 'remoteAddressGroup'],
  candidates: (cloud, kept, to) =>
    cloud.network.list<Live>('/security-group-rules', 'security_group_rules', {
      query: { security_group_id: to.maybe(one(kept, 'group')) },
    }),
  naturalKey: { ...ruleKey, unique: true },
  body: (kept, to) => {
    const [group, remote] = [one(kept, 'group'), one(kept, 'remoteGroup')];
    const addresses = one(kept, 'remoteAddressGroup');
    const spec = Object.fromEntries(Object.entries(kept.spec).filter(([, value]) => value !== null));
    return {
      security_group_rule: defined({
        ...spec,
        security_group_id: group && to.id(group),
        remote_group_id: remote && to.id(remote),
        remote_address_group_id: addresses && to.id(addresses),
      }),
    };
  },
  create: (cloud, body) => created(cloud.network, '/security-group-rules', 'security_group_rule', body),
  remove: async (cloud, id) => void (await cloud.network.delete(`/security-group-rules/${id}`)),
  returns: 'as it is',
  // The default group is not the group's own: what else is in it must not be opened before a failover.
  staged: (kept, all) => (all.get(rulesOf(kept) ?? kept)?.name === 'default' ? undefined : kept),
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
    {
      live: {
        id: 'u2',
        security_group_id: 'g1',
        direction: 'ingress',
        ethertype: 'IPv4',
        protocol: null,
        port_range_min: null,
        port_range_max: null,
        remote_ip_prefix: null,
        remote_group_id: null,
        remote_address_group_id: 'a1',
        description: 'offices',
      },
      keeps: {
        id: 'u2',
        name: '',
        spec: {
          direction: 'ingress',
          ethertype: 'IPv4',
          protocol: null,
          port_range_min: null,
          port_range_max: null,
          remote_ip_prefix: null,
          description: 'offices',
        },
        refs: { group: { kind: 'security-group', id: 'g1' }, remoteAddressGroup: { kind: 'address-group', id: 'a1' } },
        observed: {},
      },
    },
  ],
});
