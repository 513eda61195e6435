import type { Json } from '@lifeboat/kernel';
import type { Call, Unless } from './script.ts';

type Body = { readonly [key: string]: Json };
type Rule = readonly [method: Call['method'], path: RegExp, unless: (id: string, body: Body) => Unless | undefined];

/** Calls that are refused when they are made again, or that only some targets need: by what it is seen that they were made, or need not be. */
const RULES: readonly Rule[] = [
  [
    'PUT',
    /^\/routers\/([^/]+)\/add_router_interface$/,
    (router, { port_id: port }) => ({ path: `/ports/${String(port)}`, field: 'port.device_id', is: router }),
  ],
  [
    'PUT',
    /^\/networks\/([^/]+)$/,
    (id, { network }) => {
      const mtu = (network as Body | undefined)?.['mtu'];
      return typeof mtu === 'number' ? { path: `/networks/${id}`, field: 'network.mtu', atMost: mtu } : undefined;
    },
  ],
  [
    'POST',
    /^\/servers\/([^/]+)\/action$/,
    (id, body) => ('os-stop' in body ? { path: `/servers/${id}`, field: 'server.status', is: 'SHUTOFF' } : undefined),
  ],
  [
    'PUT',
    /^\/groups\/([^/]+)$/,
    (id, { group }) => {
      const [volume] = String((group as Body | undefined)?.['add_volumes'] ?? '').split(',');
      return volume ? { path: `/volumes/${volume}`, field: 'volume.group_id', is: id } : undefined;
    },
  ],
  [
    'POST',
    /^\/images\/([^/]+)\/members$/,
    (id, { member }) => ({ path: `/images/${id}/members/${String(member)}`, field: 'member_id', is: member ?? null }),
  ],
];

/** Pure. */
export function alreadySo({ method, path, body }: Pick<Call, 'method' | 'path' | 'body'>): Unless | undefined {
  for (const [wanted, pattern, unless] of RULES) {
    const id = method === wanted ? pattern.exec(path)?.[1] : undefined;
    if (id !== undefined) return unless(id, (body ?? {}) as Body);
  }
  return undefined;
}

/** What a body asks for and a target may refuse, by the path of the collection. */
export const WISHES: Readonly<Record<string, readonly string[]>> = {
  '/floatingips': ['floatingip.floating_ip_address'],
  '/subnets': ['subnet.subnetpool_id'],
};
