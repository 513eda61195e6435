import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, found, one, ref, refs } from '../fields.ts';
import { NOT_SHARED } from './isolation.ts';
import { EVERYBODY, ITSELF } from './shared.ts';

/** What may be shared, by Neutron's word for it. */
const KINDS: Readonly<Record<string, string>> = {
  network: 'network',
  qos_policy: 'qos-policy',
  security_group: 'security-group',
  address_group: 'address-group',
  subnetpool: 'subnet-pool',
};
const typeOf = (kind: string): string | undefined => Object.entries(KINDS).find(([, one]) => one === kind)?.[0];

/**
 * The project at the target that it is shared with. Another project's id is no reference: nothing of that project is captured, and the group's
 * mappings say what stands for it.
 */
function projectOf(kept: Entity, to: Pick<Target, 'mapped' | 'projectId'>): string {
  const shared = String(kept.spec['shared_with']);
  if (shared === EVERYBODY) return EVERYBODY;
  return shared === ITSELF ? to.projectId : to.mapped('project', shared);
}

const key = (type: unknown, object: unknown, action: unknown, project: unknown): string =>
  canonicalJson([String(type), String(object), String(action), String(project)]);
const keyOf = {
  kept: (kept: Entity, to: Target): string => {
    const object = one(kept, 'object');
    return key(typeOf(object?.kind ?? ''), to.maybe(object), kept.spec['action'], projectOf(kept, to));
  },
  live: (live: Live): string => key(live['object_type'], live['object_id'], live['action'], live['target_tenant']),
};

const policies = (cloud: Cloud, projectId: string): AsyncIterable<Live> =>
  cloud.network.list<Live>('/rbac-policies', 'rbac_policies', { query: { project_id: projectId } });

/** Neutron RBAC policy: whom one of the project's own objects is shared with. */
export const rbacPolicy = entity({
  kind: 'rbac-policy',
  service: 'network',
  extension: 'rbac-policies',
  schema: 1,
  provision: 'created',
  summary:
    "Which own object (network, QoS policy, security group, address group, subnet pool) is shared how and with whom: other projects by the group's mappings (project), all projects as they are. Only for objects that are made, not for mapped ones.",

  list: (cloud, scope) => policies(cloud, scope.projectId),
  get: (cloud, id) => found(cloud.network.get(`/rbac-policies/${id}`), 'rbac_policy'),
  notified: { 'rbac_policy.': ['rbac_policy/id', 'rbac_policies/*/id', 'rbac_policy_id'] },
  skip: (live) =>
    KINDS[String(live['object_type'])] === undefined
      ? `it shares something that is not carried (${String(live['object_type'])})`
      : undefined,
  capture: (live, scope) => ({
    id: live.id,
    name: '',
    spec: {
      action: live['action'] as Json,
      shared_with: live['target_tenant'] === scope.projectId ? ITSELF : (live['target_tenant'] as Json),
    },
    refs: refs({ object: ref(KINDS[String(live['object_type'])] ?? '', live['object_id']) }),
    observed: {},
  }),
  belongsTo: ['object'],
  // Neutron takes no policy back from under those who use what it shares, the owner among them.
  before: (self, all) => {
    const object = one(self, 'object');
    return object ? all.referringTo(object).filter(({ kind }) => kind !== 'rbac-policy') : [];
  },
  needs: ['object'],
  outside: () => NOT_SHARED,
  // A network that is made as a shared one has the policy from the start.
  async find(cloud, kept, to) {
    if (to.maybe(one(kept, 'object')) === undefined) return undefined;
    for await (const live of policies(cloud, to.projectId))
      if (keyOf.live(live) === keyOf.kept(kept, to)) return { id: live.id, rule: 'came with what it shares' };
    return undefined;
  },
  async declines(cloud, kept, to) {
    const object = to.captured(one(kept, 'object') ?? { kind: '', id: '' });
    if (object?.observed['foreign'] === true || object?.observed['of_others'] === true)
      return 'what it shares belongs to others, and is mapped';
    const project = projectOf(kept, to);
    if (project === EVERYBODY)
      return to.isAdmin ? undefined : 'only an administrator may share something with all projects';
    if (project !== kept.spec['shared_with']) return undefined;
    // Where both clouds have one Keystone the same id is the same project.
    if (await found<Live>(cloud.identity.get(`/projects/${project}`), 'project')) return undefined;
    return `no mapping says which project of ${cloud.site} stands for ${project}: --map project:${project}=ID`;
  },
  candidates: (cloud, _kept, to) => policies(cloud, to.projectId),
  naturalKey: keyOf,
  body: (kept, to) => {
    const object = one(kept, 'object');
    return {
      rbac_policy: {
        object_type: typeOf(object?.kind ?? ''),
        object_id: object && to.id(object),
        action: kept.spec['action'],
        target_tenant: projectOf(kept, to),
      },
    };
  },
  create: (cloud, body) => created(cloud.network, '/rbac-policies', 'rbac_policy', body),
  remove: async (cloud, id) => void (await cloud.network.delete(`/rbac-policies/${id}`)),
  fields: { shared_with: { mapping: 'project' } },
  uses: () => ({ 'network:rbac_policy': 1 }),

  returns: 'as it is',
  examples: [
    {
      live: {
        id: 'b1',
        tenant_id: 'p1',
        project_id: 'p1',
        object_type: 'network',
        object_id: 'n1',
        action: 'access_as_shared',
        target_tenant: '8f1c',
      },
      keeps: {
        id: 'b1',
        name: '',
        spec: { action: 'access_as_shared', shared_with: '8f1c' },
        refs: { object: { kind: 'network', id: 'n1' } },
        observed: {},
      },
    },
    {
      live: {
        id: 'b2',
        tenant_id: 'p1',
        project_id: 'p1',
        object_type: 'qos_policy',
        object_id: 'q1',
        action: 'access_as_shared',
        target_tenant: 'p1',
      },
      keeps: {
        id: 'b2',
        name: '',
        spec: { action: 'access_as_shared', shared_with: 'its own project' },
        refs: { object: { kind: 'qos-policy', id: 'q1' } },
        observed: {},
      },
    },
  ],
});
