import type { Cloud } from '../cloud.ts';
import { blockOf, cidrOf, overlap, type Block } from './addresses.ts';
import type { SubnetPool } from './extension-resources.ts';
import { neutron } from './network-error.ts';

/** Neutron has no status of its own for this one and answers with its last resort. */
const notAvailable = (): Error =>
  neutron(500, 'HTTPInternalServerError', 'Request Failed: internal server error while processing your request.');

const within = (inner: Block, outer: Block): boolean =>
  inner.version === outer.version && inner.first >= outer.first && inner.last <= outer.last;

const takenIn = (cloud: Cloud, pool: SubnetPool): Block[] =>
  cloud.network.subnets.filter((one) => one.subnetPoolId === pool.id).flatMap((one) => blockOf(one.cidr) ?? []);

function checkLength(pool: SubnetPool, length: number): void {
  if (length < pool.minPrefix)
    throw neutron(
      400,
      'MinPrefixSubnetAllocationError',
      `Unable to allocate subnet with prefix length ${length}, minimum allowed prefix is ${pool.minPrefix}.`,
    );
  if (length > pool.maxPrefix)
    throw neutron(
      400,
      'MaxPrefixSubnetAllocationError',
      `Unable to allocate subnet with prefix length ${length}, maximum allowed prefix is ${pool.maxPrefix}.`,
    );
}

/** The quota is counted in single addresses (IPv6: in /64). */
function checkQuota(cloud: Cloud, pool: SubnetPool, projectId: string, length: number): void {
  if (!pool.defaultQuota) return;
  const unit = pool.ipVersion === 4 ? 32 : 64;
  const used = cloud.network.subnets
    .filter((one) => one.subnetPoolId === pool.id && one.projectId === projectId)
    .reduce((sum, one) => sum + 2 ** (unit - (blockOf(one.cidr)?.prefix ?? unit)), 0);
  if (used + 2 ** (unit - length) > pool.defaultQuota)
    throw neutron(409, 'SubnetPoolQuotaExceeded', 'Per-project subnet pool prefix quota exceeded.');
}

function firstFree(pool: SubnetPool, taken: readonly Block[], length: number): Block | undefined {
  for (const prefix of pool.prefixes.flatMap((text) => blockOf(text) ?? [])) {
    const size = 1n << BigInt((pool.ipVersion === 4 ? 32 : 128) - length);
    for (let first = prefix.first; first + size - 1n <= prefix.last; first += size) {
      const block = { version: pool.ipVersion, first, last: first + size - 1n, prefix: length };
      if (!taken.some((one) => overlap(one, block))) return block;
    }
  }
  return undefined;
}

/** The range a subnet takes from a pool: the one it asks for, or the first of the asked (or default) length. */
export function allocateFrom(
  cloud: Cloud,
  pool: SubnetPool,
  projectId: string,
  asked: { readonly cidr: string | undefined; readonly length: number | undefined },
): string {
  const taken = takenIn(cloud, pool);
  const wanted = asked.cidr === undefined ? undefined : blockOf(asked.cidr);
  const length = wanted?.prefix ?? asked.length ?? pool.defaultPrefix;
  checkLength(pool, length);
  checkQuota(cloud, pool, projectId, length);
  if (wanted === undefined) {
    const free = firstFree(pool, taken, length);
    if (free === undefined) throw notAvailable();
    return cidrOf(free);
  }
  const inside = pool.prefixes.some((text) => within(wanted, blockOf(text) ?? wanted));
  if (!inside || taken.some((one) => overlap(one, wanted))) throw notAvailable();
  return cidrOf(wanted);
}
