import type { Cloud } from '../cloud.ts';
import { get } from '../http/call.ts';
import type { Service } from '../http/service.ts';
import { recordSetRoutes } from './recordset-routes.ts';
import { reverseRoutes } from './reverse-routes.ts';
import { zoneRoutes } from './zone-routes.ts';

const types: Readonly<Record<number, string>> = { 400: 'bad_request', 403: 'forbidden', 404: 'not_found' };

/** Designate 15. */
export const dnsService = (cloud: Cloud): Service => ({
  name: 'dns',
  prefix: '/dns',
  routes: [
    get(
      '/',
      (call) => ({
        status: 300,
        body: {
          versions: [
            { id: 'v2', status: 'CURRENT', links: [{ rel: 'self', href: `${call.origin}/dns/v2/` }] },
            { id: 'v2.0', status: 'SUPPORTED', links: [{ rel: 'self', href: `${call.origin}/dns/v2/` }] },
          ],
        },
      }),
      true,
    ),
    ...zoneRoutes(cloud),
    ...recordSetRoutes(cloud),
    ...reverseRoutes(cloud),
  ],
  renderRefusal: (refusal, { requestId }) => ({
    status: refusal.status,
    headers: refusal.headers,
    body: {
      code: refusal.status,
      type: refusal.type === '' ? (types[refusal.status] ?? 'unknown') : refusal.type,
      ...(refusal.message !== '' && { message: refusal.message }),
      request_id: requestId,
    },
  }),
});
