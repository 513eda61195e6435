import type { Cloud } from '../cloud.ts';
import type { Service } from '../http/service.ts';
import { loadBalancerRoutes } from './load-balancer-routes.ts';
import { treeRoutes } from './tree-routes.ts';

/** Octavia, as its API reference and its source have it: none of the real test clouds runs one. */
export const loadBalancerService = (cloud: Cloud): Service => ({
  name: 'load-balancer',
  prefix: '/load-balancer',
  routes: [...loadBalancerRoutes(cloud), ...treeRoutes(cloud)],
  renderRefusal: (refusal) => ({
    status: refusal.status,
    headers: refusal.headers,
    body:
      refusal.status === 401
        ? { error: { code: 401, message: refusal.message, title: 'Unauthorized' } }
        : { faultcode: refusal.status < 500 ? 'Client' : 'Server', faultstring: refusal.message, debuginfo: null },
  }),
});
