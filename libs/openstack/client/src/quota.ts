import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from './cloud.ts';

/** `limit` −1: none. `used` counts what is reserved for work under way too. */
export interface Quota {
  readonly limit: number;
  readonly used: number;
}

type Numbers = Readonly<Record<string, number>>;

/** Quota → names of its limit and of what is used, in `limits.absolute`. */
const COMPUTE = {
  instances: ['maxTotalInstances', 'totalInstancesUsed'],
  cores: ['maxTotalCores', 'totalCoresUsed'],
  ram: ['maxTotalRAMSize', 'totalRAMUsed'],
  server_groups: ['maxServerGroups', 'totalServerGroupsUsed'],
} as const;
const VOLUME = {
  volumes: ['maxTotalVolumes', 'totalVolumesUsed'],
  gigabytes: ['maxTotalVolumeGigabytes', 'totalGigabytesUsed'],
  snapshots: ['maxTotalSnapshots', 'totalSnapshotsUsed'],
  backups: ['maxTotalBackups', 'totalBackupsUsed'],
  backup_gigabytes: ['maxTotalBackupGigabytes', 'totalBackupGigabytesUsed'],
} as const;

/**
 * What a project may still take, by keys `<service>:<quota>`, read with calls that a plain member may make. What a cloud does not tell (a service that
 * is absent, an extension that is off, a policy that hides it) has no key.
 */
export async function readQuotas(cloud: Cloud): Promise<ReadonlyMap<string, Quota>> {
  const parts = await Promise.all([computeQuotas(cloud), volumeQuotas(cloud), networkQuotas(cloud)]);
  return new Map(parts.flatMap((part) => [...part]));
}

async function computeQuotas(cloud: Cloud): Promise<Map<string, Quota>> {
  const limits = await told(cloud, 'compute', () => cloud.compute.get<{ limits: { absolute: Numbers } }>('/limits'));
  const quotas = quotasOf('compute', COMPUTE, limits?.limits.absolute ?? {});
  const limit = limits?.limits.absolute['maxTotalKeypairs'];
  // Nova limits keypairs per user and does not count them.
  const keypairs = limit === undefined ? undefined : await told(cloud, 'compute', () => keypairCount(cloud));
  if (limit !== undefined && keypairs !== undefined) quotas.set('compute:keypairs', { limit, used: keypairs });
  return quotas;
}

async function keypairCount(cloud: Cloud): Promise<number> {
  let count = 0;
  for await (const _ of cloud.compute.list('/os-keypairs', 'keypairs')) count++;
  return count;
}

async function volumeQuotas(cloud: Cloud): Promise<Map<string, Quota>> {
  const limits = await told(cloud, 'volume', () => cloud.volume.get<{ limits: { absolute: Numbers } }>('/limits'));
  return new Map([...quotasOf('volume', VOLUME, limits?.limits.absolute ?? {}), ...(await furtherVolumeQuotas(cloud))]);
}

/** What Cinder's limits leave out: groups, and the quotas of single volume types (`gigabytes_gold`), few of which are limited. */
async function furtherVolumeQuotas(cloud: Cloud): Promise<Map<string, Quota>> {
  const { projectId } = await cloud.whoAmI();
  const query = { usage: true };
  const set = await told(cloud, 'volume', () =>
    cloud.volume.get<{ quota_set: Record<string, { limit: number; in_use: number; reserved?: number }> }>(
      `/os-quota-sets/${projectId}`,
      { query },
    ),
  );
  return new Map(
    Object.entries(set?.quota_set ?? {})
      .filter(([name, { limit }]) => limit >= 0 && /^(groups$|(volumes|snapshots|gigabytes)_)/.test(name))
      .map(([name, { limit, in_use, reserved }]) => [`volume:${name}`, { limit, used: in_use + (reserved ?? 0) }]),
  );
}

async function networkQuotas(cloud: Cloud): Promise<Map<string, Quota>> {
  const { projectId } = await cloud.whoAmI();
  const details = await told(cloud, 'network', () =>
    cloud.network.get<{ quota: Record<string, Quota & { reserved?: number }> }>(`/quotas/${projectId}/details.json`),
  );
  return new Map(
    Object.entries(details?.quota ?? {}).map(([name, { limit, used, reserved }]) => [
      `network:${name}`,
      { limit, used: used + (reserved ?? 0) },
    ]),
  );
}

function quotasOf(
  service: string,
  names: Readonly<Record<string, readonly [string, string]>>,
  absolute: Numbers,
): Map<string, Quota> {
  const quotas = new Map<string, Quota>();
  for (const [name, [limitName, usedName]] of Object.entries(names)) {
    const limit = absolute[limitName];
    if (limit !== undefined) quotas.set(`${service}:${name}`, { limit, used: absolute[usedName] ?? 0 });
  }
  return quotas;
}

/** Nothing where the cloud does not tell. */
async function told<T>(
  cloud: Cloud,
  service: 'compute' | 'volume' | 'network',
  ask: () => Promise<T>,
): Promise<T | undefined> {
  if (!(await cloud.has(service))) return undefined;
  try {
    return await ask();
  } catch (thrown) {
    const hidden =
      thrown instanceof LifeboatError && (thrown.kind === 'not-found' || thrown.code === 'openstack-forbidden');
    if (hidden) return undefined;
    throw thrown;
  }
}
