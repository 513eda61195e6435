import type { Cloud } from './cloud.ts';

/** `limit` −1: none. */
export interface Quota {
  readonly limit: number;
  readonly used: number;
}

type Limits = { readonly absolute: Readonly<Record<string, number>> };

/** What a project may still take, by keys `<service>:<quota>`, read with calls that a plain member may make. Services that are absent have no keys. */
export async function readQuotas(cloud: Cloud): Promise<ReadonlyMap<string, Quota>> {
  const quotas = new Map<string, Quota>();
  const put = (key: string, limit: number | undefined, used: number | undefined): void => {
    if (limit !== undefined) quotas.set(key, { limit, used: used ?? 0 });
  };
  const [compute, volume, network] = await Promise.all([
    computeLimits(cloud),
    volumeLimits(cloud),
    networkQuotas(cloud),
  ]);
  if (compute) {
    put('compute:instances', compute['maxTotalInstances'], compute['totalInstancesUsed']);
    put('compute:cores', compute['maxTotalCores'], compute['totalCoresUsed']);
    put('compute:ram', compute['maxTotalRAMSize'], compute['totalRAMUsed']);
    put('compute:server_groups', compute['maxServerGroups'], compute['totalServerGroupsUsed']);
  }
  if (volume) {
    put('volume:volumes', volume['maxTotalVolumes'], volume['totalVolumesUsed']);
    put('volume:gigabytes', volume['maxTotalVolumeGigabytes'], volume['totalGigabytesUsed']);
    put('volume:snapshots', volume['maxTotalSnapshots'], volume['totalSnapshotsUsed']);
    put('volume:backups', volume['maxTotalBackups'], volume['totalBackupsUsed']);
    put('volume:backup_gigabytes', volume['maxTotalBackupGigabytes'], volume['totalBackupGigabytesUsed']);
  }
  for (const [name, quota] of Object.entries(network ?? {})) put(`network:${name}`, quota.limit, quota.used);
  return quotas;
}

const computeLimits = async (cloud: Cloud) =>
  (await cloud.has('compute')) ? (await cloud.compute.get<{ limits: Limits }>('/limits')).limits.absolute : undefined;
const volumeLimits = async (cloud: Cloud) =>
  (await cloud.has('volume')) ? (await cloud.volume.get<{ limits: Limits }>('/limits')).limits.absolute : undefined;

async function networkQuotas(cloud: Cloud): Promise<Readonly<Record<string, Quota>> | undefined> {
  if (!(await cloud.has('network'))) return undefined;
  const { projectId } = await cloud.whoAmI();
  return (await cloud.network.get<{ quota: Record<string, Quota> }>(`/quotas/${projectId}/details.json`)).quota;
}
