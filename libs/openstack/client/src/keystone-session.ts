import { forbidden, invalidInput, notFound } from '@lifeboat/kernel';
import { FURTHER_SERVICES } from './cloud.ts';
import type { CloudConfig, Identity, ServiceName } from './cloud.ts';

interface Endpoint {
  readonly interface: string;
  readonly region: string;
  readonly region_id: string;
  readonly url: string;
}

export interface TokenBody {
  readonly token: {
    readonly expires_at: string;
    readonly issued_at?: string;
    readonly user: { readonly id: string };
    readonly project?: { readonly id: string; readonly name: string };
    readonly roles?: readonly { readonly name: string }[];
    readonly catalog?: readonly { readonly type: string; readonly endpoints: readonly Endpoint[] }[];
  };
}

export interface Session {
  readonly token: string;
  /** By our clock, in ms. */
  readonly renewAt: number;
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
  dns: ['dns'],
  'key-manager': ['key-manager'],
  'load-balancer': ['load-balancer'],
  'object-store': ['object-store'],
  orchestration: ['orchestration'],
  share: ['shared-file-system', 'sharev2', 'share'],
};
const RENEW_BEFORE_MS = 60_000;

export function sessionOf(config: CloudConfig, token: string, { token: body }: TokenBody, now = Date.now()): Session {
  if (!body.project)
    throw forbidden('credentials-not-scoped', `The credentials of "${config.name}" belong to no project.`, {
      mend: 'Name a project in clouds.yaml.',
    });
  const roles = (body.roles ?? []).map((role) => role.name);
  return {
    token,
    renewAt: now + usefulMs(body, now),
    identity: {
      userId: body.user.id,
      projectId: body.project.id,
      projectName: body.project.name,
      roles,
      isAdmin: roles.includes('admin'),
    },
    endpoints: endpointsOf(config, body, body.project.id),
  };
}

/** Its life by the cloud's own clock, since ours may be off; less what a call that has just begun may need. */
function usefulMs(body: TokenBody['token'], now: number): number {
  const life = Date.parse(body.expires_at) - (body.issued_at ? Date.parse(body.issued_at) : now);
  return life - Math.min(RENEW_BEFORE_MS, life / 4);
}

function endpointsOf(
  config: CloudConfig,
  body: TokenBody['token'],
  projectId: string,
): ReadonlyMap<ServiceName, string> {
  const found = new Map<ServiceName, string>();
  for (const [service, types] of Object.entries(TYPES) as [ServiceName, readonly string[]][])
    for (const type of types) {
      const offered = (body.catalog ?? []).filter((entry) => entry.type === type).flatMap((entry) => entry.endpoints);
      const endpoint = chosen(config, service, offered);
      if (endpoint && !found.has(service)) found.set(service, rootOf(service, endpoint.url, projectId));
    }
  if (config.region && found.size === 0 && body.catalog?.length) throw regionAbsent(config, body);
  // Keystone often stands in another region than the services that share it; where it is, we know.
  if (!found.has('identity')) found.set('identity', `${config.authUrl}/v3`);
  return found;
}

function chosen(config: CloudConfig, service: ServiceName, offered: readonly Endpoint[]): Endpoint | undefined {
  const reachable = offered.filter((endpoint) => endpoint.interface === config.interface);
  if (config.region) return reachable.find((one) => one.region === config.region || one.region_id === config.region);
  const regions = new Set(reachable.map((one) => one.region_id));
  // Of what a cloud need not have at all, none is taken rather than a wrong one.
  if (regions.size > 1 && (FURTHER_SERVICES as readonly string[]).includes(service)) return undefined;
  // Taking any would mean the servers of one region and perhaps the volumes of another.
  if (regions.size > 1 && service !== 'identity')
    throw invalidInput('region-needed', `"${config.name}" has several regions: ${[...regions].join(', ')}.`, {
      mend: 'Choose one by region_name in clouds.yaml.',
    });
  return reachable[0];
}

function regionAbsent(config: CloudConfig, body: TokenBody['token']): Error {
  const endpoints = (body.catalog ?? []).flatMap((entry) => entry.endpoints);
  const regions = [
    ...new Set(endpoints.filter((one) => one.interface === config.interface).map((one) => one.region_id)),
  ];
  return notFound(
    'region-not-in-catalog',
    `"${config.name}" has no ${config.interface} endpoints in region "${config.region}"; it has them in ${regions.join(', ') || 'none'}.`,
    { mend: 'Correct region_name or interface in clouds.yaml.' },
  );
}

/**
 * Catalogs name services with a version, with an old one, or with none; Cinder with the project in the path or without. Of each API there is one
 * version that we speak, so its root follows without asking. Links in version documents are no help: they name what stands behind the proxy.
 */
function rootOf(service: ServiceName, url: string, projectId: string): string {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  // Swift's account is in the path, under a prefix that is the operator's choice.
  if (service === 'object-store') return `${origin}${path}`;
  const bare = `${origin}${path.replace(/\/v\d+(\.\d+)?(\/[^/]*)?$/, '')}`;
  const version: Readonly<Record<Exclude<ServiceName, 'object-store'>, string>> = {
    identity: '/v3',
    compute: '/v2.1',
    image: '/v2',
    network: '/v2.0',
    volume: `/v3/${projectId}`,
    dns: '/v2',
    'key-manager': '/v1',
    'load-balancer': '/v2',
    orchestration: `/v1/${projectId}`,
    // Manila asks for the project where its catalog names it: until Wallaby always.
    share: path.endsWith(`/${projectId}`) ? `/v2/${projectId}` : '/v2',
  };
  return `${bare}${version[service]}`;
}
