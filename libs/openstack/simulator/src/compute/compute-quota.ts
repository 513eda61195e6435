import type { Cloud } from '../cloud.ts';
import { forbidden } from '../http/refusal.ts';
import type { ComputeQuota, Flavor } from './compute-state.ts';

export function computeUsage(cloud: Cloud, projectId: string): ComputeQuota {
  const servers = cloud.compute.servers.filter((server) => server.projectId === projectId);
  return {
    instances: servers.length,
    cores: servers.reduce((sum, one) => sum + one.flavor.vcpus, 0),
    ram: servers.reduce((sum, one) => sum + one.flavor.ram, 0),
    key_pairs: 0,
    metadata_items: 0,
    server_groups: cloud.compute.serverGroups.count((group) => group.projectId === projectId),
    server_group_members: 0,
  };
}

/** Refuses (403) a server, or the growth of one, that the project has no room for. */
export function reserveServer(
  cloud: Cloud,
  projectId: string,
  flavor: Pick<Flavor, 'vcpus' | 'ram'>,
  instances: 0 | 1 = 1,
): void {
  const quota = cloud.compute.quotaOf(projectId);
  const usage = computeUsage(cloud, projectId);
  const wanted = { instances, cores: flavor.vcpus, ram: flavor.ram };
  const over = (['instances', 'cores', 'ram'] as const).filter(
    (key) => quota[key] >= 0 && usage[key] + wanted[key] > quota[key],
  );
  if (over.length === 0) return;
  const list = (values: ComputeQuota | typeof wanted): string => over.map((key) => values[key]).join(', ');
  throw forbidden(
    `Quota exceeded for ${over.join(', ')}: Requested ${list(wanted)}, but already used ${list(usage)} of ${list(quota)} ${over.join(', ')}`,
  );
}
