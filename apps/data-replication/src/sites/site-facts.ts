import type { Cloud, ServiceName } from '@lifeboat/openstack-client';
import type { SiteFacts } from '@lifeboat/replication-driver-api';

const SERVICES: readonly ServiceName[] = ['identity', 'compute', 'image', 'network', 'volume'];

/** Pairs of sites whose backup services read one store, as configured: `alpha,beta;alpha,gamma`. */
export const shareStore = (configured: string | undefined, source: string, target: string): boolean =>
  (configured ?? '').split(';').some((set) => {
    const sites = set.split(',').map((site) => site.trim());
    return sites.includes(source) && sites.includes(target);
  });

/** What the drivers' `supports` need to know of a site. */
export async function readFacts(cloud: Cloud, sharedBackupStore: boolean): Promise<SiteFacts> {
  const services: ServiceName[] = [];
  for (const name of SERVICES) if (await cloud.has(name)) services.push(name);
  const { isAdmin } = await cloud.whoAmI();
  const backup = isAdmin && services.includes('volume') && (await hasBackup(cloud));
  return { site: cloud.site, isAdmin, services, backup, sharedBackupStore };
}

async function hasBackup(cloud: Cloud): Promise<boolean> {
  const { services } = await cloud.volume.get<{
    services: readonly { binary: string; state: string; status: string }[];
  }>('/os-services');
  return services.some(
    ({ binary, state, status }) => binary === 'cinder-backup' && state === 'up' && status === 'enabled',
  );
}
