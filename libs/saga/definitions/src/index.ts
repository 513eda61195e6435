import type { SagaDefinition } from '@lifeboat/saga-engine';
import { adopt } from './adopt.saga.ts';
import { cleanup, cleanupV1, cleanupV2 } from './cleanup.saga.ts';
import { discard } from './discard.saga.ts';
import { drill, drillV1 } from './drill.saga.ts';
import { failback, failbackV1 } from './failback.saga.ts';
import { failover, failoverV1, failoverV2, failoverV3, failoverV4, failoverV5, failoverV6 } from './failover.saga.ts';
import { plannedFailover, plannedFailoverV1, plannedFailoverV2, plannedFailoverV3 } from './planned-failover.saga.ts';
import { protect } from './protect.saga.ts';
import { quarantine } from './quarantine.saga.ts';
import { reprotect, reprotectV1 } from './reprotect.saga.ts';
import { stage, unstage } from './stage.saga.ts';
import { switchTraffic } from './switch-traffic.saga.ts';

/** Every saga there is. A changed list of steps is a new version beside the old one: what runs finishes on the version it began with. */
export const sagas: readonly SagaDefinition[] = [
  protect,
  drill,
  drillV1,
  failover,
  failoverV6,
  failoverV5,
  failoverV4,
  failoverV3,
  failoverV2,
  failoverV1,
  plannedFailover,
  plannedFailoverV3,
  plannedFailoverV2,
  plannedFailoverV1,
  quarantine,
  reprotect,
  reprotectV1,
  failback,
  failbackV1,
  switchTraffic,
  cleanup,
  cleanupV2,
  cleanupV1,
  discard,
  stage,
  unstage,
  adopt,
];

export { definitionOf } from './registry.ts';
export {
  adopt,
  cleanup,
  discard,
  drill,
  failback,
  failover,
  plannedFailover,
  protect,
  quarantine,
  reprotect,
  stage,
  switchTraffic,
  unstage,
};
