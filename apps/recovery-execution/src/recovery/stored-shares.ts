import { refKey } from '@lifeboat/openstack-entity-api';
import type { LedgerEntry, Ref, Shares } from '@lifeboat/openstack-entity-api';
import type { Database } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import type { RecoveryRuns } from './recovery-runs.ts';
import { StoredLedger } from './stored-ledger.ts';

const scopeOf = (runId: string): string => `run ${runId}`;

/** Whether anybody is making something for a run, in any process. */
export const isShared = (database: Database, tx: EntityManager, runId: string): Promise<boolean> =>
  database.isHeld(tx, scopeOf(runId));

/** The entities of a run shared out in PostgreSQL: an entity is taken with what its ledger says by then, and while the run is not closed. */
export class StoredShares implements Shares {
  private readonly holds: ReturnType<Database['holds']>;
  /** Stores only for what is held here. */
  readonly ledger: StoredLedger;

  constructor(
    database: Database,
    private readonly runs: Pick<RecoveryRuns, 'keepOpen'>,
    private readonly runId: string,
  ) {
    this.holds = database.holds(scopeOf(runId));
    this.ledger = new StoredLedger(database, runId, (tx, ref) => this.holds.keep(tx, refKey(ref)));
  }

  /** Aborted when something that was taken may be in another hand by now. */
  get lost(): AbortSignal {
    return this.holds.lost;
  }

  take(ref: Ref): Promise<{ readonly entry?: LedgerEntry } | undefined> {
    return this.holds.take(refKey(ref), async (tx) => {
      await this.runs.keepOpen(tx, this.runId);
      const entry = await this.ledger.entry(tx, ref);
      return entry ? { entry } : {};
    });
  }

  release(ref: Ref): Promise<void> {
    return this.holds.release(refKey(ref));
  }

  close(): Promise<void> {
    return this.holds.close();
  }
}
