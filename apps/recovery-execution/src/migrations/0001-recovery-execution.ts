import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each run recovers, what it made, and the receipt. */
export class RecoveryExecution1790000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table recovery_run (run_id text primary key, input jsonb not null)`);
    await runner.query(`
      create table ledger_entry (
        run_id text not null references recovery_run (run_id), kind text not null, source_id text not null,
        state text not null check (state in ('intended', 'made', 'settled', 'finished', 'removed')),
        target_id text, how text, before text[], updated_at timestamptz not null default now(), primary key (run_id, kind, source_id)
      )`);
    await runner.query(
      `create table receipt (run_id text primary key references recovery_run (run_id), content jsonb not null)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['receipt', 'ledger_entry', 'recovery_run']) await runner.query(`drop table ${table}`);
  }
}
