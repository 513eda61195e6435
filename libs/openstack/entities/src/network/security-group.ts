import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Target } from '@lifeboat/openstack-entity-api';
import {
  AGENTS_OWN,
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
import { comesBackByPut } from './comes-back.ts';
import { STAND_IN, standInName } from './isolation.ts';
import { rulesOf } from './security-group-rule.ts';
import { putRulesBack, removeOtherRules, rulesIn } from './group-rules.ts';

const STANDARD_STAYS = "the target's default group has this standard rule, and what else is in that group may need it";

/** The rules that every default group begins with and the captured one has lost: it was shut, and the target's is not. */
function standardRulesMissing(kept: Entity, to: Target): readonly string[] {
  if (kept.name !== 'default' || to.isolated) return [];
  const rules = to.all.of('security-group-rule').filter((rule) => rulesOf(rule)?.id === kept.id);
  const open = (direction: string, ethertype: string): boolean =>
    rules.some(({ spec, refs: { remoteGroup } }) => {
      const any =
        !spec['protocol'] &&
        !spec['remote_ip_prefix'] &&
        spec['direction'] === direction &&
        spec['ethertype'] === ethertype;
      return (
        any && (direction === 'egress' ? remoteGroup === undefined : (remoteGroup as Ref | undefined)?.id === kept.id)
      );
    });
  return ['IPv4', 'IPv6'].flatMap((version) => [
    ...(open('egress', version) ? [] : [`egress ${version} to anywhere`]),
    ...(open('ingress', version) ? [] : [`ingress ${version} from its own group`]),
  ]);
}

const back = comesBackByPut({
  path: '/security-groups',
  key: 'security_group',
  fields: ['name', 'description'],
  fits: (live, kept) => live['stateful'] === kept.spec['stateful'],
  wanted: (kept) => pick(kept.spec, 'name'),
});

/** Neutron security group. The project's `default` stands already and is reconciled; a new one comes with rules of its own, which go unless captured. */
export const securityGroup = entity({
  kind: 'security-group',
  service: 'network',
  schema: 2,
  provision: 'created',
  summary:
    "Name, description, statefulness and tags; rules are a type of their own. The default group is reconciled with the target's.",
  notKept: AGENTS_OWN,

  list: (cloud, scope) =>
    cloud.network.list<Live>('/security-groups', 'security_groups', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/security-groups/${id}`), 'security_group'),
  notified: {
    'security_group.': ['security_group/id', 'security_groups/*/id', 'security_group_id'],
    ...tagEventsOf('security_groups'),
  },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: { ...pick(live, 'name', 'stateful'), ...neutronSpec(live) },
    refs: refs({}),
    observed: {},
  }),
  find: async (cloud, kept, to) => {
    // What else is in the target's default group must not be opened by a drill.
    if (kept.name !== 'default' || to.isolated) return undefined;
    for await (const live of cloud.network.list<Live>('/security-groups', 'security_groups', {
      query: { project_id: to.projectId, name: 'default' },
    }))
      return { id: live.id, rule: 'the default group of the project' };
    return undefined;
  },
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/security-groups', 'security_groups', { query: { project_id: to.projectId } }),
  body: ({ name, spec }, to) => ({
    security_group: defined({
      name: name === 'default' && to.isolated ? standInName(name) : spec['name'],
      description: to.mark.text,
      stateful: spec['stateful'],
    }),
  }),
  create: (cloud, body) => created(cloud.network, '/security-groups', 'security_group', body),
  // Its tags come last too: until they do the description is its mark, and the ports that servers wait for need not wait for them.
  async finish(cloud, id, kept, to) {
    await removeOtherRules(cloud, id, kept, to);
    await tagNeutron(cloud, `/security-groups/${id}`, kept, to.mark);
    await describeNeutron(cloud, `/security-groups/${id}`, 'security_group', kept);
  },
  remove: async (cloud, id) => void (await cloud.network.delete(`/security-groups/${id}`)),
  returns: {
    async look(cloud, id, kept, to) {
      const looks = await back.look(cloud, id, kept, to);
      return looks === undefined ? undefined : { ...(looks as object), rules: await rulesIn(cloud, id) };
    },
    restore: back.restore,
    // What was closed meanwhile must not be open again: rules that were not captured go, as those of a new group do.
    last: removeOtherRules,
    async putBack(cloud, id, before, to) {
      const { rules, ...looks } = before as Record<string, Json>;
      await back.putBack(cloud, id, looks, to);
      await putRulesBack(cloud, id, rules);
    },
  },
  staged: (kept) => kept,
  fields: (kept, to) => (kept.name === 'default' && to.isolated ? { name: { mapped: STAND_IN } } : {}),
  notes: (kept, to) =>
    standardRulesMissing(kept, to).map((rule) => ({ field: `not ${rule}`, dropped: STANDARD_STAYS })),
  uses: (kept) => (kept.name === 'default' ? {} : { 'network:security_group': 1 }),

  examples: [
    {
      live: {
        id: 'g1',
        name: 'web',
        description: 'Web',
        stateful: true,
        tags: [],
        project_id: 'p1',
        security_group_rules: [],
        revision_number: 1,
      },
      keeps: {
        id: 'g1',
        name: 'web',
        spec: { name: 'web', stateful: true, description: 'Web', tags: [] },
        refs: {},
        observed: {},
      },
    },
  ],
});
