import { BlockList, isIP, isIPv6 } from 'node:net';

const families = { 4: 'ipv4', 6: 'ipv6' } as const;

/** Whether an address is of a range (`10.0.0.0/24`). `false` for what is neither. */
export function isWithin(address: string, range: string): boolean {
  const [first = '', length] = range.split('/');
  if (isIP(first) === 0 || isIP(first) !== isIP(address)) return false;
  const [family, bits] = isIPv6(first) ? [families[6], 128] : [families[4], 32];
  const list = new BlockList();
  list.addSubnet(first, Number(length ?? bits), family);
  return list.check(address, family);
}

/** Whether a range lies in another. */
export const isPartOf = (range: string, whole: string): boolean =>
  isWithin(range.split('/')[0] ?? '', whole) && lengthOf(range) >= lengthOf(whole);

/** Whether two ranges have addresses in common: ranges do only when one lies in the other. */
export const overlaps = (one: string, other: string): boolean => isPartOf(one, other) || isPartOf(other, one);

const lengthOf = (range: string): number => Number(range.split('/')[1] ?? (range.includes(':') ? 128 : 32));
