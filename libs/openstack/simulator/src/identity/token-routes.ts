import type { Cloud } from '../cloud.ts';
import { get, head, noContent, ok, post, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { keystoneTime } from '../state/identifiers.ts';
import { issueToken, liveToken } from './authenticate.ts';
import { catalogOf } from './catalog.ts';
import { missing, needAdmin } from './identity-policy.ts';
import { projectView } from './project-routes.ts';
import type { Token } from './identity-state.ts';

const domainRef = (cloud: Cloud, id: string): unknown => ({ id, name: cloud.identity.domains.get(id)?.name ?? id });

function scopeView(cloud: Cloud, token: Token, withCatalog: boolean): Record<string, unknown> {
  const project = cloud.identity.projects.get(token.projectId);
  const scoped = token.projectId !== undefined || token.domainId !== undefined || token.system;
  return {
    ...(project && {
      project: { id: project.id, name: project.name, domain: domainRef(cloud, project.domainId) },
      is_domain: false,
    }),
    ...(token.domainId !== undefined && { domain: domainRef(cloud, token.domainId) }),
    ...(token.system && { system: { all: true } }),
    ...(scoped && { roles: token.roleIds.map((id) => ({ id, name: cloud.identity.roles.get(id)?.name })) }),
    ...(scoped && withCatalog && { catalog: catalogOf(cloud, token.projectId ?? '') }),
  };
}

function tokenView(cloud: Cloud, token: Token, withCatalog: boolean): unknown {
  const user = cloud.identity.users.get(token.userId);
  const credential = cloud.identity.appCredentials.get(token.appCredentialId);
  return {
    token: {
      methods: token.methods,
      user: {
        id: user?.id,
        name: user?.name,
        domain: domainRef(cloud, user?.domainId ?? ''),
        password_expires_at: null,
      },
      audit_ids: [token.auditId],
      expires_at: keystoneTime(token.expiresAt),
      issued_at: keystoneTime(token.issuedAt),
      ...scopeView(cloud, token, withCatalog),
      ...(credential && {
        application_credential: {
          id: credential.id,
          name: credential.name,
          restricted: credential.unrestricted !== true,
        },
      }),
    },
  };
}

/** The token an operation is about; others' tokens may be looked at by administrators only. */
function subject(cloud: Cloud, call: Call): Token {
  const header = call.headers['x-subject-token'];
  const id = typeof header === 'string' ? header : '';
  const token = cloud.identity.tokens.get(id);
  if (token === undefined || token.expiresAt <= Date.now()) throw missing('token', '');
  if (token.userId !== call.who.userId) needAdmin(call, 'validate_token');
  return liveToken(cloud, id);
}

const links = (cloud: Cloud, path: string): Record<string, unknown> => ({
  self: `${cloud.origin}/identity${path}`,
  next: null,
  previous: null,
});

/** What a token gives access to. */
const accessRoutes = (cloud: Cloud): Route[] => [
  get('/v3/auth/catalog', (call) =>
    ok({
      catalog: catalogOf(cloud, call.who.projectId),
      links: links(cloud, '/v3/auth/catalog'),
    }),
  ),
  get('/v3/auth/projects', (call) => {
    const mine = new Set(
      cloud.identity.assignments.filter((one) => one.userId === call.who.userId).map((one) => one.projectId),
    );
    return ok({
      projects: cloud.identity.projects.filter((one) => mine.has(one.id)).map((one) => projectView(cloud, one)),
      links: links(cloud, '/v3/auth/projects'),
    });
  }),
  get('/v3/auth/domains', () => ok({ domains: [], links: links(cloud, '/v3/auth/domains') })),
  get('/v3/auth/system', (call) =>
    ok({
      system: call.who.isAdmin ? [{ all: true }] : [],
      links: { self: `${cloud.origin}/identity/v3/auth/system` },
    }),
  ),
];

export const tokenRoutes = (cloud: Cloud): Route[] => {
  const validate = (call: Call): Answer => {
    const token = subject(cloud, call);
    return ok(tokenView(cloud, token, !call.query.has('nocatalog')), {
      'x-subject-token': token.id,
      vary: 'X-Auth-Token',
    });
  };
  return [
    post(
      '/v3/auth/tokens',
      (call) => {
        const token = issueToken(cloud, call.body);
        return {
          status: 201,
          body: tokenView(cloud, token, !call.query.has('nocatalog')),
          headers: { 'x-subject-token': token.id, vary: 'X-Auth-Token' },
        };
      },
      true,
    ),
    get('/v3/auth/tokens', validate),
    head('/v3/auth/tokens', validate),
    remove('/v3/auth/tokens', (call) => {
      cloud.identity.tokens.delete(subject(cloud, call).id);
      return noContent();
    }),
    ...accessRoutes(cloud),
  ];
};
