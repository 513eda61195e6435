import { canonicalJson, LifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { ref, refs } from '../fields.ts';

type Named = { readonly id: string; readonly name?: string; readonly domain?: { readonly name?: string } };
type Principal = 'user' | 'group';

const REACHES_FURTHER = 'the admin role reaches beyond the project: give it by hand where it is wanted';

const principalOf = (live: Live): readonly [Principal, Named] =>
  live['user'] ? ['user', live['user'] as Named] : ['group', live['group'] as Named];
const roleOf = (live: Live): Named => live['role'] as Named;
const scopeOf = (live: Live): { readonly project?: Named; readonly 'OS-INHERIT:inherited_to'?: string } =>
  live['scope'] as { readonly project?: Named };

/** An assignment has no id of its own: who and what make one. */
async function* assignments(cloud: Cloud, projectId: string): AsyncGenerator<Live> {
  const query = { 'scope.project.id': projectId, include_names: 'true' };
  for await (const live of cloud.identity.list<Live>('/role_assignments', 'role_assignments', { query })) {
    const [kind, { id }] = principalOf(live);
    yield { ...live, id: [kind, id, roleOf(live).id].join(':') };
  }
}

/** Nothing where these credentials may not list them: only administrators may. */
async function* listable(cloud: Cloud, projectId: string): AsyncGenerator<Live> {
  try {
    yield* assignments(cloud, projectId);
  } catch (thrown) {
    if (!(thrown instanceof LifeboatError) || thrown.code !== 'openstack-forbidden') throw thrown;
  }
}

const specOf = (live: Live): Record<'principal' | 'of' | 'domain' | 'role', string> => {
  const [principal, { name = '', domain }] = principalOf(live);
  return { principal, of: name, domain: domain?.name ?? '', role: roleOf(live).name ?? '' };
};

/** Who it is there: users may be mapped to others, groups and roles keep their names. */
function wanted(kept: Entity, to: Target): ReturnType<typeof specOf> {
  const { principal, of, domain, role } = kept.spec as ReturnType<typeof specOf>;
  return { principal, of: principal === 'user' ? to.mapped('user', of) : of, domain, role };
}

async function firstId(
  cloud: Cloud,
  path: string,
  key: string,
  query: Record<string, string>,
): Promise<string | undefined> {
  for await (const { id } of cloud.identity.list<Live>(path, key, { query })) return id;
  return undefined;
}

interface Ids {
  readonly principal: string | undefined;
  readonly role: string | undefined;
}

async function idsOf(cloud: Cloud, { principal, of, domain, role }: ReturnType<typeof specOf>): Promise<Ids> {
  const domainId = await firstId(cloud, '/domains', 'domains', { name: domain });
  const who =
    domainId === undefined
      ? undefined
      : await firstId(cloud, `/${principal}s`, `${principal}s`, { name: of, domain_id: domainId });
  return { principal: who, role: await firstId(cloud, '/roles', 'roles', { name: role }) };
}

const pathOf = (projectId: string, id: string): string => {
  const [principal = '', who = '', role = ''] = id.split(':');
  return `/projects/${projectId}/${principal}s/${who}/roles/${role}`;
};

/** Keystone role assignment on the workload's project, to a user or a group that the target must have: nobody is created. */
export const roleAssignment = entity({
  kind: 'role-assignment',
  service: 'identity',
  schema: 1,
  provision: 'created',
  summary:
    "Who has which role in the project, by the names of user (or group), domain and role; given where both are there and the credentials are an admin's. The admin role is not given.",
  notKept: {
    'users, groups, passwords': "Keystone tells no password, and who is who is the target's to know",
    'inherited and system-wide roles': 'they reach beyond the project',
    'application credentials, trusts, EC2 credentials': 'their secrets cannot be read',
  },

  list: (cloud, { projectId }) => assignments(cloud, projectId),
  async get(cloud, id, { projectId }) {
    for await (const live of listable(cloud, projectId)) if (live.id === id) return live;
    return undefined;
  },
  skip: (live) => {
    const [kind, { id, name }] = principalOf(live);
    if (name === undefined || name === '') return `the ${kind} ${id} it names is not there any more`;
    return scopeOf(live)['OS-INHERIT:inherited_to'] ? 'it is inherited by the projects below' : undefined;
  },
  capture: (live) => {
    const spec = specOf(live);
    return {
      id: live.id,
      name: `${spec.of} as ${spec.role}`,
      spec,
      refs: refs({ project: ref('project', scopeOf(live).project?.id) }),
      observed: {},
    };
  },
  belongsTo: ['project'],
  outside: () => "a drill changes nothing of who may do what in the target's project",
  async find(cloud, kept, to) {
    const key = canonicalJson(wanted(kept, to));
    for await (const live of listable(cloud, to.projectId))
      if (canonicalJson(specOf(live)) === key) return { id: live.id, rule: 'user and role by name' };
    return undefined;
  },
  async declines(cloud, kept, to) {
    if (kept.spec['role'] === 'admin') return REACHES_FURTHER;
    if (!to.isAdmin) return 'only an administrator may give roles';
    const who = wanted(kept, to);
    const { principal, role } = await idsOf(cloud, who);
    if (role === undefined) return `${cloud.site} has no role "${who.role}"`;
    if (principal === undefined)
      return `${cloud.site} has no ${who.principal} "${who.of}" in a domain "${who.domain}"; map the name if it has another there`;
    return undefined;
  },
  candidates: (cloud, _kept, to) => listable(cloud, to.projectId),
  naturalKey: {
    kept: (kept, to) => canonicalJson(wanted(kept, to)),
    live: (live) => canonicalJson(specOf(live)),
  },
  body: (kept, to) => ({ ...wanted(kept, to), projectId: to.projectId }),
  async create(cloud, body) {
    const { projectId, ...who } = body as ReturnType<typeof specOf> & { projectId: string };
    const { principal, role } = await idsOf(cloud, who);
    const id = [who.principal, principal, role].join(':');
    await cloud.identity.put(pathOf(projectId, id), undefined);
    return id;
  },
  remove: async (cloud, id, _kept, to) => void (await cloud.identity.delete(pathOf(to.projectId, id))),
  fields: { of: { mapping: 'user' } },

  examples: [
    {
      live: {
        id: 'user:0223096d565348c9a2d88c6d6c4dc737:a56f579ddaa2432eb78c82aca38b48c4',
        scope: {
          project: {
            id: '05140fa7d7ce4952ba9513ff12c7e95a',
            name: 'acme',
            domain: { id: 'default', name: 'Default' },
          },
        },
        user: {
          id: '0223096d565348c9a2d88c6d6c4dc737',
          name: 'bob',
          domain: { id: 'default', name: 'Default' },
        },
        role: { id: 'a56f579ddaa2432eb78c82aca38b48c4', name: 'reader' },
      },
      keeps: {
        id: 'user:0223096d565348c9a2d88c6d6c4dc737:a56f579ddaa2432eb78c82aca38b48c4',
        name: 'bob as reader',
        spec: { principal: 'user', of: 'bob', domain: 'Default', role: 'reader' },
        refs: { project: { kind: 'project', id: '05140fa7d7ce4952ba9513ff12c7e95a' } },
        observed: {},
      },
    },
  ],
});
