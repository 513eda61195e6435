import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that were asked for and of which the saga service has not said yet that they began. */
export class RunStarts1790000000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table run_start (
        run_id text primary key, envelope jsonb not null, attempt integer not null default 1, resend_at timestamptz not null
      )`);
    await runner.query(`create index run_start_due on run_start (resend_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table run_start`);
  }
}
