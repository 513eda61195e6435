import type { Json } from '@lifeboat/kernel';
import { asLifeboatError, sameJson } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  AGENTS_OWN,
  byName,
  byText,
  created,
  describeNeutron,
  found,
  neutronSpec,
  pick,
  refs,
  tagEventsOf,
  tagNeutron,
} from '../fields.ts';
import { isOpenToOthers, sharedByFlag } from './shared.ts';

type Rule = Readonly<Record<string, Json>>;

/** Without the ids that rules have in one cloud. Any type of rule is kept as it is. */
const rulesOf = (live: Live): readonly Rule[] =>
  byText(
    ((live['rules'] ?? []) as readonly Rule[]).map(({ id: _id, qos_policy_id: _policy, ...rule }) => rule),
  ) as readonly Rule[];

const policies = (cloud: Cloud, query: Record<string, string> = {}): AsyncIterable<Live> =>
  cloud.network.list<Live>('/qos/policies', 'policies', { query });

/** Neutron QoS policy with its rules. Making one is an administrator's right by default: others use those of their operator. */
export const qosPolicy = entity({
  kind: 'qos-policy',
  service: 'network',
  extension: 'qos',
  schema: 2,
  provision: 'created',
  summary:
    'Name, description, tags and all rules (bandwidth limits, DSCP marks, minimum bandwidth); mapped by name where it is shared by others or these credentials may make none.',
  notKept: AGENTS_OWN,

  list: (cloud, scope) => policies(cloud, { project_id: scope.projectId }),
  get: (cloud, id) => found(cloud.network.get(`/qos/policies/${id}`), 'policy'),
  // A rule's own events name neither its policy nor more than the rule; those of the policy do.
  notified: { 'policy.': ['policy/id', 'policies/*/id', 'policy_id'], ...tagEventsOf('policies') },
  capture: (live, scope) => ({
    id: live.id,
    name: String(live['name']),
    spec: { ...pick(live, 'name', 'shared', 'is_default'), rules: rulesOf(live), ...neutronSpec(live) },
    refs: refs({}),
    observed: { of_others: live['project_id'] !== scope.projectId },
  }),
  find: async (cloud, kept, to) =>
    kept.observed['of_others'] === true || !to.isAdmin || to.mapped('qosPolicy', kept.name) !== kept.name
      ? byName(policies(cloud), kept, to, 'qosPolicy')
      : undefined,
  declines: (cloud, kept, to) => {
    if (kept.observed['of_others'] === true)
      return Promise.resolve(`others share it at the source, and ${cloud.site} has none of its name`);
    return Promise.resolve(
      to.isAdmin ? undefined : `only an administrator may make one, and ${cloud.site} has none of its name`,
    );
  },
  candidates: (cloud, _kept, to) => policies(cloud, { project_id: to.projectId }),
  body: (kept, to) => ({
    policy: { name: kept.spec['name'], description: to.mark.text, shared: sharedByFlag(kept, to) },
  }),
  create: (cloud, body) => created(cloud.network, '/qos/policies', 'policy', body),
  async afterCreate(cloud, id, kept, to) {
    await tagNeutron(cloud, `/policies/${id}`, kept, to.mark);
    const live = await found<Live>(cloud.network.get(`/qos/policies/${id}`), 'policy');
    const there = live ? rulesOf(live) : [];
    for (const rule of kept.spec['rules'] as readonly Rule[]) {
      if (there.some((one) => sameJson(one, rule))) continue;
      const { type, ...values } = rule;
      await cloud.network.post(`/qos/policies/${id}/${String(type)}_rules`, { [`${String(type)}_rule`]: values });
    }
  },
  async finish(cloud, id, kept) {
    const path = `/qos/policies/${id}`;
    await describeNeutron(cloud, path, 'policy', kept);
    if (kept.spec['is_default'] !== true) return;
    await cloud.network.put(path, { policy: { is_default: true } }).catch((thrown: unknown) => {
      // The project has its own default there already, which new networks of others may rely on.
      if (asLifeboatError(thrown).kind !== 'conflict') throw thrown;
    });
  },
  remove: async (cloud, id) => void (await cloud.network.delete(`/qos/policies/${id}`)),
  fields: (kept) =>
    kept.spec['is_default'] === true ? { is_default: { mapped: 'the project has another default there' } } : {},

  returns: 'as it is',
  staged: (kept) => (isOpenToOthers(kept) ? undefined : kept),
  examples: [
    {
      live: {
        id: 'q1',
        name: 'silver',
        tenant_id: 'p1',
        project_id: 'p1',
        shared: false,
        is_default: false,
        description: '',
        rules: [
          { id: 'r2', qos_policy_id: 'q1', type: 'dscp_marking', dscp_mark: 26 },
          {
            id: 'r1',
            qos_policy_id: 'q1',
            type: 'bandwidth_limit',
            max_kbps: 10000,
            max_burst_kbps: 0,
            direction: 'egress',
          },
        ],
        tags: [],
        revision_number: 1,
      },
      keeps: {
        id: 'q1',
        name: 'silver',
        spec: {
          name: 'silver',
          shared: false,
          is_default: false,
          rules: [
            { type: 'bandwidth_limit', max_kbps: 10000, max_burst_kbps: 0, direction: 'egress' },
            { type: 'dscp_marking', dscp_mark: 26 },
          ],
          description: '',
          tags: [],
        },
        refs: {},
        observed: { of_others: false },
      },
    },
  ],
});
