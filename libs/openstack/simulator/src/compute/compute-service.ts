import type { Cloud } from '../cloud.ts';
import { negotiateMicroversion } from '../http/microversion.ts';
import type { Service } from '../http/service.ts';
import { renderFault } from '../volume/volume-service.ts';
import { computeInfoRoutes } from './compute-info-routes.ts';
import { computeQuotaRoutes } from './compute-quota-routes.ts';
import { flavorRoutes } from './flavor-routes.ts';
import { interfaceRoutes } from './interface-routes.ts';
import { keypairRoutes } from './keypair-routes.ts';
import { serverGroupRoutes } from './server-group-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { serverTagRoutes } from './server-tag-routes.ts';
import { volumeAttachmentRoutes } from './volume-attachment-routes.ts';

/** Nova 26.2. */
export const computeService = (cloud: Cloud): Service => ({
  name: 'compute',
  prefix: '/compute',
  routes: [
    ...computeInfoRoutes(cloud),
    ...serverRoutes(cloud),
    ...serverTagRoutes(cloud),
    ...interfaceRoutes(cloud),
    ...volumeAttachmentRoutes(cloud),
    ...flavorRoutes(cloud),
    ...keypairRoutes(cloud),
    ...serverGroupRoutes(cloud),
    ...computeQuotaRoutes(cloud),
  ],
  renderRefusal: renderFault,
  negotiate: (headers) =>
    negotiateMicroversion(headers, {
      type: 'compute',
      major: 2,
      min: 1,
      max: 93,
      legacyHeader: 'x-openstack-nova-api-version',
    }),
  answerHeaders: (minor, id) => ({
    'openstack-api-version': `compute 2.${minor}`,
    'x-openstack-nova-api-version': `2.${minor}`,
    vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
    'x-compute-request-id': id,
  }),
});
