import type { EntityManager } from 'typeorm';

/** That a run is to be recorded, unless it is; the record follows as soon as those who know it answer. */
export const recordWhenAble = (tx: EntityManager, runId: string): Promise<unknown> =>
  tx.query(
    `insert into evidence_due (run_id) select $1 where not exists (select from evidence where run_id = $1) on conflict do nothing`,
    [runId],
  );
