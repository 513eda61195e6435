import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, patch, type Call, type Route } from '../http/call.ts';
import { numberOf, textOf } from '../http/fields.ts';
import type { FloatingIp } from '../network/network-state.ts';
import { designate } from './dns-error.ts';
import { descriptionOf } from './zone-routes.ts';

const none = { ptrdname: null, ttl: null, description: null, status: 'INACTIVE', action: 'NONE' };

/** Names of the addresses of a project's floating IPs. */
export const reverseRoutes = (cloud: Cloud): Route[] => {
  const keyOf = (one: FloatingIp): string => `${cloud.settings.region}:${one.id}`;
  const view = (one: FloatingIp): Record<string, unknown> => ({
    ...none,
    ...cloud.dns.names.get(one.id),
    id: keyOf(one),
    address: one.address,
    links: { self: `${cloud.origin}/v2/reverse/floatingips/${keyOf(one)}` },
  });
  const mine = (call: Call): FloatingIp[] =>
    cloud.network.floatingIps.filter((one) => one.projectId === call.who.projectId);
  return [
    get('/v2/reverse/floatingips', (call) => ok({ floatingips: mine(call).map(view), links: {} })),
    patch('/v2/reverse/floatingips/{key}', (call) => {
      const one = mine(call).find((fip) => keyOf(fip) === call.params['key']);
      if (one === undefined) throw designate(404, 'not_found', `FloatingIP ${call.params['key']} is not associated`);
      const ptrdname = textOf(call.body, 'ptrdname') ?? null;
      const ttl = numberOf(call.body, 'ttl') ?? null;
      cloud.dns.names.set(one.id, {
        ptrdname,
        ttl,
        description: descriptionOf(call.body),
        status: 'ACTIVE',
        action: 'NONE',
      });
      return accepted(view(one));
    }),
  ];
};
