import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is kept staged goes by the ledger of a run of its own, which no failover is: and which run it was taken up by. */
export class Stages1790000001401 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table recovery_run add column stage boolean not null default false, add column taken_up_by text`,
    );
    await runner.query(`create index recovery_run_stage on recovery_run ((input->>'groupId')) where stage`);
    await runner.query(`drop index ledger_entry_returned`);
    await runner.query(
      `create index ledger_entry_taken_up on ledger_entry (run_id) where how in ('returned', 'staged')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index ledger_entry_taken_up`);
    await runner.query(`create index ledger_entry_returned on ledger_entry (run_id) where how = 'returned'`);
    await runner.query(`drop index recovery_run_stage`);
    await runner.query(`alter table recovery_run drop column stage, drop column taken_up_by`);
  }
}
