import type { Json } from '@lifeboat/kernel';
import type { Ledger, LedgerEntry, Ref } from '@lifeboat/openstack-entity-api';
import type { Database } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';

interface Row {
  readonly kind: string;
  readonly source_id: string;
  readonly state: LedgerEntry['state'];
  readonly target_id: string | null;
  readonly how: string | null;
  readonly before: string[] | null;
  readonly looked: Json;
}

const COLUMNS = 'kind, source_id, state, target_id, how, before, looked';

const entryOf = (row: Row): LedgerEntry => ({
  ref: { kind: row.kind, id: row.source_id },
  state: row.state,
  ...(row.target_id !== null && { targetId: row.target_id }),
  ...(row.how !== null && { how: row.how }),
  ...(row.before !== null && { before: row.before }),
  ...(row.looked !== null && { looked: row.looked }),
});

/** A run's ledger in PostgreSQL: every entry is committed when `put` returns. `fence` refuses what is not to be stored any more. */
export class StoredLedger implements Ledger {
  constructor(
    private readonly database: Database,
    private readonly runId: string,
    private readonly fence: (tx: EntityManager, ref: Ref) => Promise<void> = () => Promise.resolve(),
  ) {}

  async entries(): Promise<readonly LedgerEntry[]> {
    const rows = await this.database.query<Row[]>(`select ${COLUMNS} from ledger_entry where run_id = $1`, [
      this.runId,
    ]);
    return rows.map(entryOf);
  }

  async entry(tx: EntityManager, { kind, id }: Ref): Promise<LedgerEntry | undefined> {
    const [row]: Row[] = await tx.query(
      `select ${COLUMNS} from ledger_entry where run_id = $1 and kind = $2 and source_id = $3`,
      [this.runId, kind, id],
    );
    return row && entryOf(row);
  }

  async put({ ref, state, targetId, how, before, looked }: LedgerEntry): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.fence(tx, ref);
      await tx.query(
        `insert into ledger_entry (run_id, kind, source_id, state, target_id, how, before, looked) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (run_id, kind, source_id) do update set state = excluded.state, target_id = excluded.target_id, how = excluded.how,
           before = coalesce(excluded.before, ledger_entry.before),
           looked = coalesce(excluded.looked, ledger_entry.looked), updated_at = now()`,
        [
          this.runId,
          ref.kind,
          ref.id,
          state,
          targetId ?? null,
          how ?? null,
          before ?? null,
          looked === undefined ? null : JSON.stringify(looked),
        ],
      );
    });
  }

  async forget({ kind, id }: Ref): Promise<void> {
    await this.database.query(`delete from ledger_entry where run_id = $1 and kind = $2 and source_id = $3`, [
      this.runId,
      kind,
      id,
    ]);
  }
}
