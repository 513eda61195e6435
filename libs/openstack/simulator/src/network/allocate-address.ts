import { randomInt } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import { blockOf, contains, toAddress, toNumber, versionOf, type Pool } from './addresses.ts';
import { neutron } from './network-error.ts';
import type { FixedIp, Subnet } from './network-state.ts';

export interface AddressWish {
  readonly subnetId?: string | undefined;
  readonly address?: string | undefined;
}

export function usedAddresses(cloud: Cloud, subnetId: string): Set<string> {
  return new Set(
    [...cloud.network.ports].flatMap((port) =>
      port.fixedIps.filter((ip) => ip.subnet_id === subnetId).map((ip) => ip.ip_address),
    ),
  );
}

const sizeOf = (pool: Pool): bigint => toNumber(pool.end) - toNumber(pool.start) + 1n;

function firstFree(pools: readonly Pool[], used: ReadonlySet<string>): string | undefined {
  for (const pool of pools) {
    const version = versionOf(pool.start) ?? 4;
    for (let at = toNumber(pool.start); at <= toNumber(pool.end); at += 1n) {
      const address = toAddress(at, version);
      if (!used.has(address)) return address;
    }
  }
  return undefined;
}

/** Any free address: Neutron picks at random for ordinary ports. */
function anyFree(pools: readonly Pool[], used: ReadonlySet<string>): string | undefined {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const pool = pools[randomInt(Math.max(1, pools.length))];
    if (pool === undefined) return undefined;
    const size = sizeOf(pool) > 65536n ? 65536 : Number(sizeOf(pool));
    const address = toAddress(toNumber(pool.start) + BigInt(randomInt(size)), versionOf(pool.start) ?? 4);
    if (!used.has(address)) return address;
  }
  return firstFree(pools, used);
}

/** DHCP ports prefer the next free address, others get any: the race that takes a server's address away. */
function fromSubnet(cloud: Cloud, subnet: Subnet, owner: string): string | undefined {
  const used = usedAddresses(cloud, subnet.id);
  return owner === 'network:dhcp' ? firstFree(subnet.pools, used) : anyFree(subnet.pools, used);
}

const exhausted = (networkId: string): Error =>
  neutron(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${networkId}.`);

function grant(cloud: Cloud, networkId: string, subnets: readonly Subnet[], wish: AddressWish, owner: string): FixedIp {
  const { subnetId, address } = wish;
  if (subnetId !== undefined && !subnets.some((one) => one.id === subnetId)) {
    if (cloud.network.subnets.has(subnetId))
      throw neutron(
        400,
        'InvalidInput',
        `Invalid input for operation: Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnetId}.`,
      );
    throw neutron(404, 'SubnetNotFound', `Subnet ${subnetId} could not be found.`);
  }
  if (address === undefined) {
    const subnet = subnets.find((one) => one.id === subnetId);
    const free = subnet === undefined ? undefined : fromSubnet(cloud, subnet, owner);
    if (subnet === undefined || free === undefined) throw exhausted(networkId);
    return { subnet_id: subnet.id, ip_address: free };
  }
  const subnet = subnets.find((one) => (subnetId === undefined || one.id === subnetId) && holds(one, address));
  if (subnet === undefined) {
    throw subnetId === undefined
      ? neutron(
          400,
          'InvalidIpForNetwork',
          `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
        )
      : neutron(400, 'InvalidIpForSubnet', `IP address ${address} is not a valid IP for the specified subnet.`);
  }
  if (usedAddresses(cloud, subnet.id).has(address))
    throw neutron(409, 'IpAddressAlreadyAllocated', `IP address ${address} already allocated in subnet ${subnet.id}`);
  return { subnet_id: subnet.id, ip_address: address };
}

const holds = (subnet: Subnet, address: string): boolean => {
  const block = blockOf(subnet.cidr);
  return block !== undefined && contains(block, address);
};

/** An address on one subnet of each IP version, from the first that has one free. */
function automatic(cloud: Cloud, networkId: string, subnets: readonly Subnet[], owner: string): FixedIp[] {
  return ([4, 6] as const).flatMap((version) => {
    const candidates = subnets.filter((subnet) => subnet.ipVersion === version && fitsOwner(subnet, owner));
    if (candidates.length === 0) return [];
    for (const subnet of candidates) {
      const address = fromSubnet(cloud, subnet, owner);
      if (address !== undefined) return [{ subnet_id: subnet.id, ip_address: address }];
    }
    throw exhausted(networkId);
  });
}

const fitsOwner = (subnet: Subnet, owner: string): boolean =>
  subnet.serviceTypes.length === 0 || subnet.serviceTypes.some((type) => type !== '' && owner.startsWith(type));

const AUTO_MODES = ['slaac', 'dhcpv6-stateless'];

/** A subnet whose addresses follow from the ports' MACs. */
export const isAutoAddress = (subnet: Subnet): boolean =>
  AUTO_MODES.includes(subnet.ipv6AddressMode ?? '') || AUTO_MODES.includes(subnet.ipv6RaMode ?? '');

/** RFC 4291: the prefix, and the MAC with its universal bit flipped and `fffe` in its middle. */
function eui64(subnet: Subnet, mac: string): FixedIp {
  const block = blockOf(subnet.cidr);
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const id = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]];
  const host = id.reduce((sum: bigint, byte) => sum * 256n + BigInt(byte ?? 0), 0n);
  return { subnet_id: subnet.id, ip_address: toAddress((block?.first ?? 0n) + host, 6) };
}

function wished(
  cloud: Cloud,
  networkId: string,
  subnets: readonly Subnet[],
  wishes: readonly AddressWish[],
  owner: string,
): FixedIp[] {
  const granted: FixedIp[] = [];
  for (const wish of wishes) {
    const ip = grant(cloud, networkId, subnets, wish, owner);
    if (granted.some((one) => one.ip_address === ip.ip_address && one.subnet_id === ip.subnet_id))
      throw exhausted(networkId);
    granted.push(ip);
  }
  return granted;
}

/** An address that follows from the MAC may not be asked for, and is given without being asked for. */
function checkNotAutomatic(auto: readonly Subnet[], wishes: readonly AddressWish[]): void {
  for (const { subnetId, address } of wishes) {
    const subnet = auto.find(
      (one) => (subnetId === undefined || one.id === subnetId) && address !== undefined && holds(one, address),
    );
    if (subnet !== undefined)
      throw neutron(
        400,
        'AllocationOnAutoAddressSubnet',
        `IPv6 address ${address} cannot be directly assigned to a port on subnet ${subnet.id} as the subnet is configured for automatic addresses`,
      );
  }
}

/**
 * The fixed addresses of a new port: those wished, or one per IP version; and one of each subnet with automatic addresses, but for
 * router interfaces. A network without subnets gives none.
 */
export function allocate(
  cloud: Cloud,
  networkId: string,
  wishes: readonly AddressWish[] | undefined,
  { owner, mac }: { readonly owner: string; readonly mac: string },
): FixedIp[] {
  const subnets = cloud.network.subnetsOf(networkId);
  const auto = owner.startsWith('network:router_interface') ? [] : subnets.filter(isAutoAddress);
  const others = subnets.filter((subnet) => !auto.includes(subnet));
  const derived = auto.map((subnet) => eui64(subnet, mac));
  if (wishes === undefined) return [...automatic(cloud, networkId, others, owner), ...derived];
  checkNotAutomatic(auto, wishes);
  const plain = wishes.filter((wish) => !auto.some((subnet) => subnet.id === wish.subnetId));
  return [...wished(cloud, networkId, subnets, plain, owner), ...derived];
}
