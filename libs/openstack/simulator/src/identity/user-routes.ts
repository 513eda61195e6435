import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, patch, post, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, requiredText, textOf } from '../http/fields.ts';
import { conflict } from '../http/refusal.ts';
import { hexId } from '../state/identifiers.ts';
import { missing, needAdmin, needSelf, unauthorized } from './identity-policy.ts';
import type { User } from './identity-state.ts';
import { identityList } from './listing.ts';
import { projectView } from './project-routes.ts';

const userView = (cloud: Cloud, user: User): Record<string, unknown> => ({
  id: user.id,
  name: user.name,
  domain_id: user.domainId,
  enabled: user.enabled,
  password_expires_at: null,
  options: {},
  ...(user.email !== undefined && { email: user.email }),
  ...(user.description !== undefined && { description: user.description }),
  ...(user.defaultProjectId !== undefined && { default_project_id: user.defaultProjectId }),
  links: { self: `${cloud.origin}/identity/v3/users/${user.id}` },
});

export function makeUser(cloud: Cloud, name: string, password: string, more: Partial<User> = {}): User {
  const domainId = more.domainId ?? 'default';
  if (cloud.identity.users.some((one) => one.name === name && one.domainId === domainId)) {
    throw conflict(
      `Conflict occurred attempting to store user - Duplicate entry found with name ${name} at domain ID ${domainId}.`,
    );
  }
  return cloud.identity.users.add({
    id: hexId(),
    born: Date.now(),
    name,
    domainId,
    password,
    enabled: true,
    email: undefined,
    description: undefined,
    defaultProjectId: undefined,
    ...more,
  });
}

function userOf(cloud: Cloud, call: Call, action: string): User {
  const id = call.params['id'] ?? '';
  needSelf(call, id, action);
  const user = cloud.identity.users.get(id);
  if (user === undefined) throw missing('user', id);
  return user;
}

function createUser(cloud: Cloud, call: Call): User {
  needAdmin(call, 'create_user');
  const body = objectOf(call.body, 'user');
  return makeUser(cloud, requiredText(body, 'name'), textOf(body, 'password') ?? '', {
    enabled: flagOf(body, 'enabled') ?? true,
    email: textOf(body, 'email'),
    description: textOf(body, 'description'),
    defaultProjectId: textOf(body, 'default_project_id'),
    domainId: textOf(body, 'domain_id') ?? 'default',
  });
}

function updateUser(cloud: Cloud, call: Call): User {
  needAdmin(call, 'update_user');
  const user = userOf(cloud, call, 'update_user');
  const body = objectOf(call.body, 'user');
  user.name = textOf(body, 'name') ?? user.name;
  user.password = textOf(body, 'password') ?? user.password;
  user.enabled = flagOf(body, 'enabled') ?? user.enabled;
  user.email = textOf(body, 'email') ?? user.email;
  user.defaultProjectId = textOf(body, 'default_project_id') ?? user.defaultProjectId;
  return user;
}

function forgetUser(cloud: Cloud, user: User): void {
  cloud.identity.users.delete(user.id);
  cloud.identity.assignments = cloud.identity.assignments.filter((one) => one.userId !== user.id);
  for (const credential of cloud.identity.appCredentials.filter((one) => one.userId === user.id))
    cloud.identity.appCredentials.delete(credential.id);
  for (const [id, token] of cloud.identity.tokens) if (token.userId === user.id) cloud.identity.tokens.delete(id);
}

export const userRoutes = (cloud: Cloud): Route[] => [
  get('/v3/users', (call) => {
    needAdmin(call, 'list_users');
    return ok(identityList(cloud, call, 'users', cloud.identity.users, (one) => userView(cloud, one)));
  }),
  post('/v3/users', (call) => created({ user: userView(cloud, createUser(cloud, call)) })),
  get('/v3/users/{id}', (call) => ok({ user: userView(cloud, userOf(cloud, call, 'get_user')) })),
  patch('/v3/users/{id}', (call) => ok({ user: userView(cloud, updateUser(cloud, call)) })),
  post('/v3/users/{id}/password', (call) => {
    const user = userOf(cloud, call, 'change_password');
    const body = objectOf(call.body, 'user');
    if (textOf(body, 'original_password') !== user.password) throw unauthorized();
    user.password = requiredText(body, 'password');
    return noContent();
  }),
  remove('/v3/users/{id}', (call) => {
    needAdmin(call, 'delete_user');
    forgetUser(cloud, userOf(cloud, call, 'delete_user'));
    return noContent();
  }),
  get('/v3/users/{id}/projects', (call) => {
    const user = userOf(cloud, call, 'list_user_projects');
    const mine = new Set(
      cloud.identity.assignments.filter((one) => one.userId === user.id).map((one) => one.projectId),
    );
    return ok(
      identityList(
        cloud,
        call,
        'projects',
        cloud.identity.projects.filter((one) => mine.has(one.id)),
        (one) => projectView(cloud, one),
      ),
    );
  }),
  get('/v3/users/{id}/groups', (call) => ok(identityList(cloud, call, 'groups', [], () => ({})))),
];
