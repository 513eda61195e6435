export { Database } from './database.ts';
export type { DatabaseOptions } from './database.ts';
export { addToOutbox, relayOutbox } from './outbox.ts';
export {
  claimWork,
  endWork,
  forgetOldWork,
  keepMemo,
  LEASE_RENEW_MS,
  postpone,
  queueDepth,
  releaseLeases,
  renewLease,
  takeIn,
  takeOverDeadLeases,
} from './work.ts';
export type { WorkRow } from './work.ts';
