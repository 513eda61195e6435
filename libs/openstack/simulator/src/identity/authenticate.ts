import { randomBytes } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Caller } from '../http/call.ts';
import { objectOf, requiredText, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { badRequest, forbidden } from '../http/refusal.ts';
import { unauthorized } from './identity-policy.ts';
import type { AppCredential, Token, User } from './identity-state.ts';

interface Proof {
  readonly user: User;
  readonly credential?: AppCredential;
}

function domainOf(cloud: Cloud, holder: JsonObject): string | undefined {
  const domain = objectOf(holder, 'domain');
  const id = textOf(domain, 'id');
  if (id !== undefined) return id;
  const name = textOf(domain, 'name');
  return cloud.identity.domains.find((one) => one.name === name)?.id;
}

function namedUser(cloud: Cloud, given: JsonObject): User | undefined {
  const id = textOf(given, 'id');
  if (id !== undefined) return cloud.identity.users.get(id);
  const domainId = domainOf(cloud, given);
  return cloud.identity.users.find((user) => user.name === textOf(given, 'name') && user.domainId === domainId);
}

function byPassword(cloud: Cloud, method: JsonObject): Proof {
  const given = objectOf(method, 'user');
  const user = namedUser(cloud, given);
  if (user === undefined || !user.enabled || user.password !== requiredText(given, 'password')) throw unauthorized();
  return { user };
}

function byToken(cloud: Cloud, method: JsonObject): Proof {
  const token = liveToken(cloud, requiredText(method, 'id'));
  const user = cloud.identity.users.get(token.userId);
  if (user === undefined) throw unauthorized();
  if (token.appCredentialId !== undefined)
    throw forbidden(
      "Using method 'application_credential' is not allowed for managing additional application credentials.",
    );
  return { user };
}

function byAppCredential(cloud: Cloud, method: JsonObject): Proof {
  const id = textOf(method, 'id');
  const owner = namedUser(cloud, objectOf(method, 'user'));
  const credential = cloud.identity.appCredentials.find((one) =>
    id !== undefined ? one.id === id : one.name === textOf(method, 'name') && one.userId === owner?.id,
  );
  const user = cloud.identity.users.get(credential?.userId);
  if (credential === undefined || user === undefined || !user.enabled || credential.secret !== textOf(method, 'secret'))
    throw unauthorized();
  if (credential.expiresAt !== null && credential.expiresAt <= Date.now()) throw unauthorized();
  return { user, credential };
}

function prove(cloud: Cloud, identity: JsonObject, methods: readonly string[]): Proof {
  const [method] = methods;
  if (method === 'password') return byPassword(cloud, objectOf(identity, 'password'));
  if (method === 'token') return byToken(cloud, objectOf(identity, 'token'));
  if (method === 'application_credential') return byAppCredential(cloud, objectOf(identity, 'application_credential'));
  throw badRequest(`Attempted to authenticate with an unsupported method.`);
}

type Scope = Pick<Token, 'projectId' | 'domainId' | 'system' | 'roleIds'>;
const unscoped: Scope = { projectId: undefined, domainId: undefined, system: false, roleIds: [] };

function projectScope(cloud: Cloud, user: User, given: JsonObject): Scope {
  const id = textOf(given, 'id');
  const domainId = id === undefined ? domainOf(cloud, given) : undefined;
  const project = cloud.identity.projects.find((one) =>
    id !== undefined ? one.id === id : one.name === textOf(given, 'name') && one.domainId === domainId,
  );
  if (project === undefined || !project.enabled) throw unauthorized();
  const roleIds = cloud.identity.rolesOf(user.id, { projectId: project.id });
  if (roleIds.length === 0) throw unauthorized();
  return { ...unscoped, projectId: project.id, roleIds };
}

function scopeOf(cloud: Cloud, proof: Proof, auth: JsonObject): Scope {
  if (proof.credential !== undefined)
    return { ...unscoped, projectId: proof.credential.projectId, roleIds: proof.credential.roleIds };
  const { user } = proof;
  if (auth['scope'] === 'unscoped') return unscoped;
  const scope = objectOf(auth, 'scope');
  if (scope['project'] !== undefined) return projectScope(cloud, user, objectOf(scope, 'project'));
  if (scope['system'] !== undefined) {
    const roleIds = cloud.identity.rolesOf(user.id, { system: true });
    if (roleIds.length === 0) throw unauthorized();
    return { ...unscoped, system: true, roleIds };
  }
  if (scope['domain'] !== undefined) {
    const domainId = domainOf(cloud, scope);
    const roleIds = cloud.identity.rolesOf(user.id, { domainId });
    if (roleIds.length === 0) throw unauthorized();
    return { ...unscoped, domainId, roleIds };
  }
  const roleIds =
    user.defaultProjectId === undefined ? [] : cloud.identity.rolesOf(user.id, { projectId: user.defaultProjectId });
  return roleIds.length > 0 ? { ...unscoped, projectId: user.defaultProjectId, roleIds } : unscoped;
}

/** POST /auth/tokens: proves who it is, scopes, issues. */
export function issueToken(cloud: Cloud, body: JsonObject): Token {
  const auth = objectOf(body, 'auth');
  const identity = objectOf(auth, 'identity');
  const methods = textsOf(identity, 'methods') ?? [];
  const proof = prove(cloud, identity, methods);
  const now = Date.now();
  const token: Token = {
    id: `gAAAAA${randomBytes(96).toString('base64url')}`,
    userId: proof.user.id,
    ...scopeOf(cloud, proof, auth),
    methods,
    issuedAt: now,
    expiresAt: now + cloud.identity.tokenSeconds * 1000,
    auditId: randomBytes(16).toString('base64url'),
    appCredentialId: proof.credential?.id,
  };
  cloud.identity.tokens.set(token.id, token);
  return token;
}

/** The token if it may still be used. Throws 401 otherwise. */
export function liveToken(cloud: Cloud, id: string): Token {
  const token = cloud.identity.tokens.get(id);
  if (token === undefined || token.expiresAt <= Date.now()) throw unauthorized();
  if (token.appCredentialId !== undefined && !cloud.identity.appCredentials.has(token.appCredentialId))
    throw unauthorized();
  if (cloud.identity.users.get(token.userId)?.enabled !== true) throw unauthorized();
  return token;
}

export function callerOf(cloud: Cloud, tokenId: string | undefined): Caller {
  if (tokenId === undefined || tokenId === '') throw unauthorized();
  const token = liveToken(cloud, tokenId);
  const roles = new Set(cloud.identity.roleNames(token.roleIds));
  return {
    tokenId,
    userId: token.userId,
    userName: cloud.identity.users.get(token.userId)?.name ?? '',
    projectId: token.projectId ?? '',
    projectName: cloud.identity.projects.get(token.projectId)?.name ?? '',
    roles,
    isAdmin: roles.has('admin'),
  };
}
