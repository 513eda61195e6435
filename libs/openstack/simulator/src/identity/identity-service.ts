import { STATUS_CODES } from 'node:http';
import type { Cloud } from '../cloud.ts';
import type { Service } from '../http/service.ts';
import { appCredentialRoutes } from './app-credential-routes.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { domainRoutes } from './domain-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { roleRoutes } from './role-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Keystone 22. */
export const identityService = (cloud: Cloud): Service => ({
  name: 'identity',
  prefix: '/identity',
  routes: [
    ...catalogRoutes(cloud),
    ...tokenRoutes(cloud),
    ...domainRoutes(cloud),
    ...projectRoutes(cloud),
    ...userRoutes(cloud),
    ...roleRoutes(cloud),
    ...appCredentialRoutes(cloud),
  ],
  renderRefusal: (refusal) => ({
    status: refusal.status,
    headers: refusal.headers,
    body: { error: { code: refusal.status, message: refusal.message, title: STATUS_CODES[refusal.status] ?? 'Error' } },
  }),
});
