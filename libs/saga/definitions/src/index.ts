import type { SagaDefinition } from '@lifeboat/saga-engine';
import { cleanup, cleanupV1 } from './cleanup.saga.ts';
import { discard } from './discard.saga.ts';
import { drill, drillV1 } from './drill.saga.ts';
import { failback } from './failback.saga.ts';
import { failover, failoverV1, failoverV2, failoverV3 } from './failover.saga.ts';
import { plannedFailover, plannedFailoverV1 } from './planned-failover.saga.ts';
import { protect } from './protect.saga.ts';
import { quarantine } from './quarantine.saga.ts';
import { reprotect } from './reprotect.saga.ts';

/** Every saga there is. A changed list of steps is a new version beside the old one: what runs finishes on the version it began with. */
export const sagas: readonly SagaDefinition[] = [
  protect,
  drill,
  drillV1,
  failover,
  failoverV3,
  failoverV2,
  failoverV1,
  plannedFailover,
  plannedFailoverV1,
  quarantine,
  reprotect,
  failback,
  cleanup,
  cleanupV1,
  discard,
];

export { definitionOf } from './registry.ts';
export { cleanup, discard, drill, failback, failover, plannedFailover, protect, quarantine, reprotect };
