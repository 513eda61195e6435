import type { Cloud } from '@lifeboat/openstack-client';
import type { Side } from '@lifeboat/replication-driver-api';

/** What two clouds run, as far as they tell: the newest microversions of Nova and Cinder, by which their releases are known. */
export async function versionsOf(clouds: Readonly<Record<Side, Cloud>>): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = {};
  for (const cloud of Object.values(clouds))
    for (const service of ['compute', 'volume'] as const)
      versions[`${cloud.site} ${service}`] = (await cloud[service].microversion()) ?? 'unknown';
  return versions;
}
