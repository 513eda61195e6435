import type { SagaDefinition } from '@lifeboat/saga-engine';
import { cleanup, cleanupV1 } from './cleanup.saga.ts';
import { discard } from './discard.saga.ts';
import { drill } from './drill.saga.ts';
import { failback } from './failback.saga.ts';
import { failover, failoverV1, failoverV2 } from './failover.saga.ts';
import { plannedFailover } from './planned-failover.saga.ts';
import { protect } from './protect.saga.ts';
import { reprotect } from './reprotect.saga.ts';

/** Every saga there is. A changed list of steps is a new version beside the old one: what runs finishes on the version it began with. */
export const sagas: readonly SagaDefinition[] = [
  protect,
  drill,
  failover,
  failoverV2,
  failoverV1,
  plannedFailover,
  reprotect,
  failback,
  cleanup,
  cleanupV1,
  discard,
];

export { definitionOf } from './registry.ts';
export { cleanup, discard, drill, failback, failover, plannedFailover, protect, reprotect };
