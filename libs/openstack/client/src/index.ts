export type { CallOptions, Cloud, CloudConfig, Identity, Query, ServiceClient, ServiceName } from './cloud.ts';
