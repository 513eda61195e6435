import type { Cloud } from '../cloud.ts';
import type { Route } from '../http/call.ts';
import type { Service } from '../http/service.ts';
import { addressGroupRoutes } from './address-group-routes.ts';
import { floatingIpRoutes } from './floating-ip-routes.ts';
import { offers } from './network-extensions.ts';
import { networkInfoRoutes } from './network-info-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { portForwardingRoutes } from './port-forwarding-routes.ts';
import { portRoutes } from './port-routes.ts';
import { qosRoutes } from './qos-routes.ts';
import { rbacRoutes } from './rbac-routes.ts';
import { routerRoutes } from './router-routes.ts';
import { securityGroupRoutes } from './security-group-routes.ts';
import { securityGroupRuleRoutes } from './security-group-rule-routes.ts';
import { subnetPoolRoutes } from './subnet-pool-routes.ts';
import { subnetRoutes } from './subnet-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { trunkRoutes } from './trunk-routes.ts';

const fallback: Readonly<Record<number, string>> = {
  400: 'HTTPBadRequest',
  403: 'PolicyNotAuthorized',
  404: 'HTTPNotFound',
  409: 'Conflict',
};

/** Without its extension a path is not there at all. */
const extensionRoutes = (cloud: Cloud): Route[] =>
  (
    [
      ['address-group', addressGroupRoutes],
      ['rbac-policies', rbacRoutes],
      ['subnet_allocation', subnetPoolRoutes],
      ['qos', qosRoutes],
      ['trunk', trunkRoutes],
      ['floating-ip-port-forwarding', portForwardingRoutes],
    ] as const
  ).flatMap(([alias, routes]) => (offers(cloud, alias) ? routes(cloud) : []));

/** Neutron 21. */
export const networkService = (cloud: Cloud): Service => ({
  name: 'network',
  prefix: '/network',
  routes: [
    ...networkInfoRoutes(cloud),
    ...networkRoutes(cloud),
    ...subnetRoutes(cloud),
    ...portRoutes(cloud),
    ...routerRoutes(cloud),
    ...floatingIpRoutes(cloud),
    ...securityGroupRoutes(cloud),
    ...securityGroupRuleRoutes(cloud),
    ...tagRoutes(cloud),
    ...extensionRoutes(cloud),
  ],
  renderRefusal: (refusal) => ({
    status: refusal.status,
    headers: refusal.headers,
    body:
      refusal.status === 401
        ? { error: { code: 401, message: refusal.message, title: 'Unauthorized' } }
        : {
            NeutronError: {
              type: refusal.type === '' ? (fallback[refusal.status] ?? 'NeutronException') : refusal.type,
              message: refusal.message,
              detail: '',
            },
          },
  }),
});
