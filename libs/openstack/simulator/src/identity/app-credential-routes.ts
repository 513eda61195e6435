import { randomBytes } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, objectsOf, requiredText, textOf } from '../http/fields.ts';
import { badRequest, conflict, forbidden } from '../http/refusal.ts';
import { hexId, microsTime } from '../state/identifiers.ts';
import { missing, needSelf } from './identity-policy.ts';
import type { AppCredential } from './identity-state.ts';
import { identityList } from './listing.ts';

function view(cloud: Cloud, one: AppCredential, secret?: string): Record<string, unknown> {
  return {
    id: one.id,
    name: one.name,
    description: one.description,
    project_id: one.projectId,
    user_id: one.userId,
    expires_at: one.expiresAt === null ? null : microsTime(one.expiresAt),
    unrestricted: one.unrestricted,
    system: null,
    roles: one.roleIds.map((id) => ({
      id,
      name: cloud.identity.roles.get(id)?.name,
      domain_id: null,
      description: null,
      options: cloud.identity.roles.get(id)?.immutable === true ? { immutable: true } : {},
    })),
    ...(secret !== undefined && { secret }),
    links: { self: `${cloud.origin}/identity/v3/users/${one.userId}/application_credentials/${one.id}` },
  };
}

function rolesFor(cloud: Cloud, call: Call): string[] {
  const mine = cloud.identity.tokens.get(call.who.tokenId)?.roleIds ?? [];
  const asked = objectsOf(objectOf(call.body, 'application_credential'), 'roles');
  if (asked === undefined || asked.length === 0) return [...mine];
  return asked.map((role) => {
    const found = cloud.identity.roles.find(
      (one) => one.id === textOf(role, 'id') || one.name === textOf(role, 'name'),
    );
    if (found === undefined || !mine.includes(found.id))
      throw badRequest('Invalid application credential: Could not find role assignment with role.');
    return found.id;
  });
}

function make(cloud: Cloud, call: Call): AppCredential {
  const userId = call.params['user'] ?? '';
  if (call.who.userId !== userId)
    throw forbidden('You are not authorized to perform the requested action: identity:create_application_credential.');
  const token = cloud.identity.tokens.get(call.who.tokenId);
  const parent = cloud.identity.appCredentials.get(token?.appCredentialId);
  if (parent !== undefined && parent.unrestricted !== true) {
    throw forbidden(
      "Using method 'application_credential' is not allowed for managing additional application credentials.",
    );
  }
  const body = objectOf(call.body, 'application_credential');
  const name = requiredText(body, 'name');
  if (cloud.identity.appCredentials.some((one) => one.userId === userId && one.name === name)) {
    throw conflict(
      'Conflict occurred attempting to store application_credential - Duplicate entry found with name ' + `${name}.`,
    );
  }
  const expires = textOf(body, 'expires_at');
  return cloud.identity.appCredentials.add({
    id: hexId(),
    born: Date.now(),
    name,
    userId,
    projectId: call.who.projectId,
    roleIds: rolesFor(cloud, call),
    secret: textOf(body, 'secret') ?? randomBytes(64).toString('base64url'),
    description: textOf(body, 'description') ?? null,
    expiresAt: expires === undefined ? null : Date.parse(expires.endsWith('Z') ? expires : `${expires}Z`),
    unrestricted: flagOf(body, 'unrestricted') ?? null,
  });
}

function one(cloud: Cloud, call: Call): AppCredential {
  needSelf(call, call.params['user'] ?? '', 'get_application_credential');
  const credential = cloud.identity.appCredentials.get(call.params['id']);
  if (credential === undefined || credential.userId !== call.params['user'])
    throw missing('application credential', call.params['id'] ?? '');
  return credential;
}

const root = '/v3/users/{user}/application_credentials';

export const appCredentialRoutes = (cloud: Cloud): Route[] => [
  get(root, (call) => {
    needSelf(call, call.params['user'] ?? '', 'list_application_credentials');
    const mine = cloud.identity.appCredentials.filter((item) => item.userId === call.params['user']);
    return ok(identityList(cloud, call, 'application_credentials', mine, (item) => view(cloud, item)));
  }),
  post(root, (call) => {
    const credential = make(cloud, call);
    return created({ application_credential: view(cloud, credential, credential.secret) });
  }),
  get(`${root}/{id}`, (call) => ok({ application_credential: view(cloud, one(cloud, call)) })),
  remove(`${root}/{id}`, (call) => {
    cloud.identity.appCredentials.delete(one(cloud, call).id);
    return noContent();
  }),
];
