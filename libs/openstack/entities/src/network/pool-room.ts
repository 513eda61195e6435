import { asLifeboatError } from '@lifeboat/kernel';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, found } from '../fields.ts';
import { isPartOf, overlaps } from './ranges.ts';

type Subnet = Readonly<Record<string, unknown>>;

/**
 * Makes a subnet in the pool its body names, or in none where that pool does not give its range. A range that a pool has not is answered by 500,
 * after which nobody knows whether the subnet was made: so it is looked for before.
 */
export async function createSubnet(cloud: Cloud, body: Readonly<Record<string, unknown>>): Promise<string> {
  const { subnetpool_id: pool, ...alone } = body['subnet'] as Subnet;
  const make = (subnet: Subnet): Promise<string> => created(cloud.network, '/subnets', 'subnet', { subnet });
  if (pool === undefined || !(await hasRoom(cloud, String(pool), String(alone['cidr'])))) return make(alone);
  return make({ ...alone, subnetpool_id: pool }).catch((thrown: unknown) => {
    // Refused, not lost: its quota is spent, or the network's other subnets are of no pool.
    const { kind, code } = asLifeboatError(thrown);
    if (kind === 'invalid-input' || code === 'quota-exceeded') return make(alone);
    throw thrown;
  });
}

async function hasRoom(cloud: Cloud, id: string, range: string): Promise<boolean> {
  const pool = await found<Live>(cloud.network.get(`/subnetpools/${id}`), 'subnetpool');
  const length = Number(range.split('/')[1]);
  if (!pool || length < Number(pool['min_prefixlen']) || length > Number(pool['max_prefixlen'])) return false;
  if (!(pool['prefixes'] as readonly string[]).some((prefix) => isPartOf(range, prefix))) return false;
  // What other projects have of a shared pool is an administrator's to see.
  const { projectId, isAdmin } = await cloud.whoAmI();
  if (!isAdmin && pool['project_id'] !== projectId) return false;
  const taken = cloud.network.list<{ readonly cidr: string }>('/subnets', 'subnets', { query: { subnetpool_id: id } });
  for await (const { cidr } of taken) if (overlaps(cidr, range)) return false;
  return true;
}
