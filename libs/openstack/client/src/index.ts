export { CORE_SERVICES, forEachService, FURTHER_SERVICES, SERVICE_NAMES } from './cloud.ts';
export type {
  CallOptions,
  Cloud,
  CloudConfig,
  Identity,
  ListOptions,
  Query,
  ServiceClient,
  ServiceName,
} from './cloud.ts';
export { openCloud } from './open-cloud.ts';
export { findCloudsFile, loadClouds } from './clouds-file.ts';
export type { Clouds } from './clouds-file.ts';
export type { LoadCloudsOptions } from './clouds-file.ts';
export { copyImage } from './copy-image.ts';
export { metrics } from './metrics.ts';
export { readQuotas } from './quota.ts';
export type { Quota } from './quota.ts';
export { atRest, liveServer, nextToStart, nextToStop, startServer, stopServer } from './server-power.ts';
export type { CallRecord, TransportOptions } from './transport.ts';
