import type { Ref } from './entity.ts';
import type { LedgerEntry } from './ledger.ts';

/** How what a run makes is shared out among the processes that are at it: each entity is in one hand at a time. */
export interface Shares {
  /** `undefined`: another process has it. Else it is held until `release`, and this is its entry in the ledger by now. Throws when the run makes nothing any more. */
  take(ref: Ref): Promise<{ readonly entry?: LedgerEntry } | undefined>;
  release(ref: Ref): Promise<void>;
}

/** Nobody else is at it. */
export const ALONE: Shares = { take: () => Promise.resolve({}), release: () => Promise.resolve() };
