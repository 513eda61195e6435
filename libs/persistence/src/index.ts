export { Database } from './database.ts';
export type { DatabaseOptions } from './database.ts';
export { Holds, isHeld } from './holds.ts';
export { addToOutbox, relayOutbox } from './outbox.ts';
export { cancelWork, letGo, stillHeld } from './work-cancel.ts';
export type { WorkMatch } from './work-cancel.ts';
export {
  claimWork,
  heldByOthers,
  holdClaim,
  LEASE_RENEW_MS,
  releaseLeases,
  renewLease,
  takeOverDeadLeases,
} from './work-claims.ts';
export type { Claim, WorkElsewhere, WorkRow } from './work-claims.ts';
export { takeIn } from './work-intake.ts';
export { endWork, forgetOldWork, goOnLater, keepMemo, postpone, queueDepth } from './work-progress.ts';
