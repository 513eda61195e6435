import { isIPv4, isIPv6 } from 'node:net';

/** A block of addresses as numbers; works for IPv4 and IPv6. */
export interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

export const versionOf = (address: string): 4 | 6 | undefined =>
  isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined;

function groupsOf(address: string): string[] {
  const [left = '', right] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  return right === undefined
    ? head
    : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
}

export function toNumber(address: string): bigint {
  if (isIPv4(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  return groupsOf(address).reduce((sum, group) => sum * 65536n + BigInt(`0x${group === '' ? '0' : group}`), 0n);
}

export function toAddress(value: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 65535n).toString(16));
  const longest = groups
    .join(':')
    .match(/(^|:)0(:0)+(:|$)/g)
    ?.sort((one, two) => two.length - one.length)[0];
  return longest === undefined ? groups.join(':') : groups.join(':').replace(longest, '::');
}

/** `undefined` when it is not a CIDR. Host bits are dropped, as Neutron does. */
export function blockOf(cidr: string): Block | undefined {
  const [address = '', length] = cidr.split('/');
  const version = versionOf(address);
  if (version === undefined) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = (toNumber(address) / size) * size;
  return { version, first, last: first + size - 1n, prefix };
}

export const cidrOf = (block: Block): string => `${toAddress(block.first, block.version)}/${block.prefix}`;

export const contains = (block: Block, address: string): boolean =>
  versionOf(address) === block.version && toNumber(address) >= block.first && toNumber(address) <= block.last;

export const overlap = (one: Block, two: Block): boolean =>
  one.version === two.version && one.first <= two.last && two.first <= one.last;

export interface Pool {
  readonly start: string;
  readonly end: string;
}

/** All usable addresses but the gateway's, as Neutron hands them out by default. */
export function defaultPools(block: Block, gateway: string | null): Pool[] {
  const edge = block.version === 4 && block.prefix < 31 ? 1n : 0n;
  const first =
    block.version === 4 && block.prefix < 31 ? block.first + 1n : block.first + (block.prefix < 127 ? 1n : 0n);
  const last = block.last - edge;
  const at = gateway === null ? undefined : toNumber(gateway);
  const spans =
    at === undefined || at < first || at > last
      ? ([[first, last]] as const)
      : ([
          [first, at - 1n],
          [at + 1n, last],
        ] as const);
  return spans
    .filter(([start, end]) => start <= end)
    .map(([start, end]) => ({ start: toAddress(start, block.version), end: toAddress(end, block.version) }));
}

export const inPool = (pool: Pool, address: string): boolean =>
  versionOf(pool.start) === versionOf(address) &&
  toNumber(address) >= toNumber(pool.start) &&
  toNumber(address) <= toNumber(pool.end);
