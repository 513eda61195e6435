import { forbidden, notFound } from '@lifeboat/kernel';
import type { CloudConfig, Identity, ServiceName } from './cloud.ts';
import { errorOf, neverSent } from './http-errors.ts';
import { backOffMs, retryAfterMs, TRIES, waitFor } from './retry.ts';
import type { RawAnswer, Transport } from './transport.ts';

interface TokenBody {
  readonly token: {
    readonly expires_at: string;
    readonly user: { readonly id: string };
    readonly project?: { readonly id: string; readonly name: string };
    readonly roles?: readonly { readonly name: string }[];
    readonly catalog?: readonly {
      readonly type: string;
      readonly endpoints: readonly {
        readonly interface: string;
        readonly region: string;
        readonly region_id: string;
        readonly url: string;
      }[];
    }[];
  };
}

export interface Session {
  readonly token: string;
  readonly expiresAt: number;
  readonly identity: Identity;
  readonly endpoints: ReadonlyMap<ServiceName, string>;
}

/** Types under which services stand in catalogs (service-types-authority), best first. */
const TYPES: Readonly<Record<ServiceName, readonly string[]>> = {
  identity: ['identity'],
  compute: ['compute'],
  image: ['image'],
  network: ['network'],
  volume: ['volumev3', 'block-storage', 'volume'],
};
const RENEW_BEFORE_MS = 60_000;

/** Keystone v3 sessions: password or application credential, renewed before they expire, one renewal at a time. */
export class Keystone {
  private session_: Session | undefined;
  private renewing: Promise<Session> | undefined;

  constructor(private readonly transport: Transport) {}

  async session(): Promise<Session> {
    if (this.session_ && this.session_.expiresAt - RENEW_BEFORE_MS > Date.now()) return this.session_;
    this.renewing ??= this.authenticate().finally(() => (this.renewing = undefined));
    return (this.session_ = await this.renewing);
  }

  /** The cloud refused this token although it had not expired (revoked, or the service key rotated). */
  refused(token: string): void {
    if (this.session_?.token === token) this.session_ = undefined;
  }

  private async authenticate(): Promise<Session> {
    const { config } = this.transport;
    const body = JSON.stringify({ auth: authOf(config) });
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(body, tries);
      if (!answer) continue;
      const text = await answer.text();
      if (answer.status === 201)
        return sessionOf(config, answer.header('x-subject-token') ?? '', JSON.parse(text) as TokenBody);
      const error = errorOf(
        { site: config.name, service: 'keystone', method: 'POST', path: '/auth/tokens' },
        answer.status,
        text,
        answer.requestId,
        undefined,
      );
      if (!error.retryable || tries >= TRIES) throw error;
      await waitFor(backOffMs(tries, retryAfterMs(answer.header('retry-after'))), undefined);
    }
  }

  private async ask(body: string, tries: number): Promise<RawAnswer | undefined> {
    try {
      return await this.transport.exchange({
        service: 'keystone',
        method: 'POST',
        path: '/auth/tokens',
        url: `${this.transport.config.authUrl}/v3/auth/tokens`,
        body,
        headers: { 'content-type': 'application/json' },
      });
    } catch (thrown) {
      // Asking for a token twice does no harm; but a site that cannot be reached at all is said at once.
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      if (neverSent(cause) || tries >= TRIES || cause === undefined) throw thrown;
      await waitFor(backOffMs(tries, undefined), undefined);
      return undefined;
    }
  }
}

function authOf(config: CloudConfig): unknown {
  if (config.auth.type === 'application-credential')
    return {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: config.auth.id, secret: config.auth.secret },
      },
    };
  const { username, password, userDomain, project } = config.auth;
  return {
    identity: { methods: ['password'], password: { user: { name: username, domain: { name: userDomain }, password } } },
    scope: { project: project.id ? { id: project.id } : { name: project.name, domain: { name: project.domain } } },
  };
}

function sessionOf(config: CloudConfig, token: string, { token: body }: TokenBody): Session {
  if (!body.project)
    throw forbidden('credentials-not-scoped', `The credentials of "${config.name}" belong to no project.`, {
      mend: 'Name a project in clouds.yaml.',
    });
  const roles = (body.roles ?? []).map((role) => role.name);
  return {
    token,
    expiresAt: Date.parse(body.expires_at),
    identity: {
      userId: body.user.id,
      projectId: body.project.id,
      projectName: body.project.name,
      roles,
      isAdmin: roles.includes('admin'),
    },
    endpoints: endpointsOf(config, body),
  };
}

function endpointsOf(config: CloudConfig, body: TokenBody['token']): ReadonlyMap<ServiceName, string> {
  const found = new Map<ServiceName, string>();
  for (const [service, types] of Object.entries(TYPES) as [ServiceName, readonly string[]][])
    for (const type of types) {
      const endpoints = (body.catalog ?? []).filter((entry) => entry.type === type).flatMap((entry) => entry.endpoints);
      const endpoint = endpoints.find(
        (e) =>
          e.interface === config.interface &&
          (!config.region || e.region === config.region || e.region_id === config.region),
      );
      if (endpoint && !found.has(service)) found.set(service, rootOf(service, endpoint.url));
    }
  if (config.region && found.size === 0 && body.catalog?.length)
    throw notFound(
      'region-not-in-catalog',
      `"${config.name}" has no ${config.interface} endpoints in region "${config.region}".`,
      { mend: 'Correct region_name or interface in clouds.yaml.' },
    );
  return found;
}

/** Catalogs name some services with their version and some without. */
function rootOf(service: ServiceName, url: string): string {
  const bare = url.replace(/\/+$/, '');
  const version = { identity: '/v3', compute: '/v2.1', image: '/v2', network: '/v2.0', volume: '' }[service];
  return /\/v\d+(\.\d+)?(\/|$)/.test(new URL(bare).pathname) ? bare : `${bare}${version}`;
}
