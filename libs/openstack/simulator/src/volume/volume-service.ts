import type { Cloud } from '../cloud.ts';
import type { Answer } from '../http/call.ts';
import { negotiateMicroversion } from '../http/microversion.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Service } from '../http/service.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { backupRoutes } from './backup-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { manageRoutes } from './manage-routes.ts';
import { groupSnapshotRoutes } from './group-snapshot-routes.ts';
import { groupTypeRoutes } from './group-type-routes.ts';
import { infoRoutes } from './info-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { typeRoutes } from './type-routes.ts';
import { volumeRoutes } from './volume-routes.ts';

const faults: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** The form Cinder and Nova share. */
export function renderFault(refusal: Refusal): Answer {
  const retryAfter = refusal.headers['retry-after'];
  const fault = {
    code: refusal.status,
    message: refusal.message,
    ...(refusal.status === 413 && retryAfter !== undefined && { retryAfter }),
  };
  return {
    status: refusal.status,
    headers: refusal.headers,
    body: { [faults[refusal.status] ?? 'computeFault']: fault },
  };
}

/** Cinder 21. */
export const volumeService = (cloud: Cloud): Service => ({
  name: 'volume',
  prefix: '/volume',
  routes: [
    ...infoRoutes(cloud),
    ...volumeRoutes(cloud),
    ...snapshotRoutes(cloud),
    ...backupRoutes(cloud),
    ...typeRoutes(cloud),
    ...quotaRoutes(cloud),
    ...attachmentRoutes(cloud),
    ...groupTypeRoutes(cloud),
    ...groupRoutes(cloud),
    ...manageRoutes(cloud),
    ...groupSnapshotRoutes(cloud),
  ],
  renderRefusal: renderFault,
  negotiate: (headers) => negotiateMicroversion(headers, { type: 'volume', major: 3, min: 0, max: 70 }),
  answerHeaders: (minor, id) => ({
    'openstack-api-version': `volume 3.${minor}`,
    vary: 'OpenStack-API-Version',
    'x-compute-request-id': id,
  }),
});
