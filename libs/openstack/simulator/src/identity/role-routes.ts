import type { Cloud } from '../cloud.ts';
import { created, get, head, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { objectOf, requiredText, textOf } from '../http/fields.ts';
import { conflict, forbidden } from '../http/refusal.ts';
import { hexId } from '../state/identifiers.ts';
import { missing, needAdmin } from './identity-policy.ts';
import type { Assignment, Role } from './identity-state.ts';
import { identityList } from './listing.ts';

const roleView = (cloud: Cloud, role: Role): Record<string, unknown> => ({
  id: role.id,
  name: role.name,
  domain_id: role.domainId,
  description: role.description,
  options: role.immutable ? { immutable: true } : {},
  links: { self: `${cloud.origin}/identity/v3/roles/${role.id}` },
});

export function makeRole(cloud: Cloud, name: string, immutable = false): Role {
  if (cloud.identity.roles.some((one) => one.name === name)) {
    throw conflict(`Conflict occurred attempting to store role - Duplicate entry found with name ${name}.`);
  }
  return cloud.identity.roles.add({
    id: hexId(),
    born: Date.now(),
    name,
    domainId: null,
    description: null,
    immutable,
  });
}

const same = (one: Assignment, two: Assignment): boolean =>
  one.userId === two.userId &&
  one.roleId === two.roleId &&
  one.projectId === two.projectId &&
  one.domainId === two.domainId &&
  one.system === two.system;

/** Idempotent, as PUT is. */
export function assign(cloud: Cloud, assignment: Assignment): void {
  if (!cloud.identity.assignments.some((one) => same(one, assignment))) cloud.identity.assignments.push(assignment);
}

function assignmentOf(cloud: Cloud, call: Call): Assignment {
  const { project, domain, user = '', role = '' } = call.params;
  if (!cloud.identity.users.has(user)) throw missing('user', user);
  if (!cloud.identity.roles.has(role)) throw missing('role', role);
  if (project !== undefined && !cloud.identity.projects.has(project)) throw missing('project', project);
  return {
    userId: user,
    roleId: role,
    ...(project !== undefined && { projectId: project }),
    ...(domain !== undefined && { domainId: domain }),
    ...(project === undefined && domain === undefined && { system: true }),
  };
}

function assignmentRoutes(cloud: Cloud, root: string): Route[] {
  const check = (call: Call): { status: number } => {
    needAdmin(call, 'check_grant');
    const wanted = assignmentOf(cloud, call);
    if (!cloud.identity.assignments.some((one) => same(one, wanted))) throw missing('role', wanted.roleId);
    return noContent();
  };
  return [
    get(root, (call) => {
      needAdmin(call, 'list_grants');
      const scope = {
        projectId: call.params['project'],
        domainId: call.params['domain'],
        system: root.startsWith('/v3/system'),
      };
      const roles = new Set(cloud.identity.rolesOf(call.params['user'] ?? '', scope));
      return ok(
        identityList(
          cloud,
          call,
          'roles',
          cloud.identity.roles.filter((one) => roles.has(one.id)),
          (one) => roleView(cloud, one),
        ),
      );
    }),
    put(`${root}/{role}`, (call) => {
      needAdmin(call, 'create_grant');
      assign(cloud, assignmentOf(cloud, call));
      return noContent();
    }),
    get(`${root}/{role}`, check),
    head(`${root}/{role}`, check),
    remove(`${root}/{role}`, (call) => {
      needAdmin(call, 'revoke_grant');
      const wanted = assignmentOf(cloud, call);
      cloud.identity.assignments = cloud.identity.assignments.filter((one) => !same(one, wanted));
      return noContent();
    }),
  ];
}

function assignmentView(cloud: Cloud, one: Assignment, names: boolean): unknown {
  const domain = { id: 'default', name: 'Default' };
  const named = (id: string, name: string | undefined, inDomain: boolean): unknown =>
    names ? { id, name, ...(inDomain && { domain }) } : { id };
  const scope =
    one.projectId !== undefined
      ? { project: named(one.projectId, cloud.identity.projects.get(one.projectId)?.name, true) }
      : one.domainId !== undefined
        ? { domain: named(one.domainId, cloud.identity.domains.get(one.domainId)?.name, false) }
        : { system: { all: true } };
  return {
    links: {
      assignment: `${cloud.origin}/identity/v3/${one.projectId === undefined ? 'system' : `projects/${one.projectId}`}/users/${one.userId}/roles/${one.roleId}`,
    },
    scope,
    user: named(one.userId, cloud.identity.users.get(one.userId)?.name, true),
    role: named(one.roleId, cloud.identity.roles.get(one.roleId)?.name, false),
  };
}

function listAssignments(cloud: Cloud, call: Call): unknown {
  const wants = (key: string, value: string | undefined): boolean =>
    !call.query.has(key) || call.query.get(key) === value;
  needAdmin(call, 'list_role_assignments');
  const names =
    call.query.has('include_names') &&
    call.query.get('include_names') !== '0' &&
    call.query.get('include_names') !== 'False';
  const found = cloud.identity.assignments
    .filter(
      (one) =>
        wants('user.id', one.userId) &&
        wants('role.id', one.roleId) &&
        wants('scope.project.id', one.projectId) &&
        wants('scope.domain.id', one.domainId),
    )
    .filter((one) => !call.query.has('group.id') && (!call.query.has('scope.system') || one.system === true));
  return {
    role_assignments: found.map((one) => assignmentView(cloud, one, names)),
    links: { next: null, self: `${cloud.origin}/identity/v3/role_assignments`, previous: null },
  };
}

function roleOf(cloud: Cloud, call: Call): Role {
  const role = cloud.identity.roles.get(call.params['id']);
  if (role === undefined) throw missing('role', call.params['id'] ?? '');
  return role;
}

export const roleRoutes = (cloud: Cloud): Route[] => [
  get('/v3/roles', (call) => {
    needAdmin(call, 'list_roles');
    return ok(identityList(cloud, call, 'roles', cloud.identity.roles, (one) => roleView(cloud, one)));
  }),
  post('/v3/roles', (call) => {
    needAdmin(call, 'create_role');
    const body = objectOf(call.body, 'role');
    const role = makeRole(cloud, requiredText(body, 'name'));
    role.description = textOf(body, 'description') ?? null;
    return created({ role: roleView(cloud, role) });
  }),
  get('/v3/roles/{id}', (call) => {
    needAdmin(call, 'get_role');
    return ok({ role: roleView(cloud, roleOf(cloud, call)) });
  }),
  remove('/v3/roles/{id}', (call) => {
    needAdmin(call, 'delete_role');
    const role = roleOf(cloud, call);
    if (role.immutable)
      throw forbidden(`Cannot delete immutable role ${role.id}. Set resource option immutable to false first.`);
    cloud.identity.roles.delete(role.id);
    cloud.identity.assignments = cloud.identity.assignments.filter((one) => one.roleId !== role.id);
    return noContent();
  }),
  ...assignmentRoutes(cloud, '/v3/projects/{project}/users/{user}/roles'),
  ...assignmentRoutes(cloud, '/v3/domains/{domain}/users/{user}/roles'),
  ...assignmentRoutes(cloud, '/v3/system/users/{user}/roles'),
  get('/v3/role_assignments', (call) => ok(listAssignments(cloud, call))),
];
