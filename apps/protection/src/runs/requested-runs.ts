import type { RequestedKind } from '@lifeboat/contracts';
import { cleanup } from './request-cleanup.handler.ts';
import { drill } from './request-drill.handler.ts';
import { failback } from './request-failback.handler.ts';
import { failover } from './request-failover.handler.ts';
import { plannedFailover } from './request-planned-failover.handler.ts';
import { reprotect } from './request-reprotect.handler.ts';
import type { RequestedRun } from './request-run.ts';
import { switchTraffic } from './request-switch-traffic.handler.ts';

/** All that may be asked for. */
export const requestedRuns: Readonly<Record<RequestedKind, RequestedRun>> = {
  drill,
  failover,
  'planned-failover': plannedFailover,
  failback,
  reprotect,
  cleanup,
  'switch-traffic': switchTraffic,
};
