import { STATUS_CODES } from 'node:http';
import type { Cloud } from '../cloud.ts';
import { get } from '../http/call.ts';
import type { Service } from '../http/service.ts';
import { containerRoutes } from './container-routes.ts';
import { secretRoutes } from './secret-routes.ts';

/** Barbican 15, which knows no microversions but 1.0 and 1.1. */
export const keyManagerService = (cloud: Cloud): Service => ({
  name: 'key-manager',
  prefix: '/key-manager',
  routes: [
    get(
      '/',
      (call) => ({
        status: 300,
        body: {
          versions: [
            {
              id: 'v1',
              status: 'CURRENT',
              min_version: '1.0',
              max_version: '1.1',
              links: [{ rel: 'self', href: `${call.origin}/key-manager/v1/` }],
            },
          ],
        },
      }),
      true,
    ),
    ...secretRoutes(cloud),
    ...containerRoutes(cloud),
  ],
  renderRefusal: (refusal) => ({
    status: refusal.status,
    headers: refusal.headers,
    body: { code: refusal.status, title: STATUS_CODES[refusal.status] ?? 'Error', description: refusal.message },
  }),
});
