import type { Cloud } from '../cloud.ts';
import type { Service } from '../http/service.ts';
import { floatingIpRoutes } from './floating-ip-routes.ts';
import { networkInfoRoutes } from './network-info-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { portRoutes } from './port-routes.ts';
import { routerRoutes } from './router-routes.ts';
import { securityGroupRoutes } from './security-group-routes.ts';
import { securityGroupRuleRoutes } from './security-group-rule-routes.ts';
import { subnetRoutes } from './subnet-routes.ts';
import { tagRoutes } from './tag-routes.ts';

const fallback: Readonly<Record<number, string>> = {
  400: 'HTTPBadRequest',
  403: 'PolicyNotAuthorized',
  404: 'HTTPNotFound',
  409: 'Conflict',
};

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
