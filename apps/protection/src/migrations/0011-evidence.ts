import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is kept of runs, in a chain that only grows; and the runs that have ended and are to be recorded. */
export class Evidence1790000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table evidence (
         sequence integer primary key, run_id text not null unique, recorded_at timestamptz not null, record jsonb not null, before text not null,
         digest text not null)`,
    );
    await runner.query(
      `create table evidence_due (run_id text primary key, ended_at timestamptz not null default now())`,
    );
    await runner.query(
      `create function refuse_change() returns trigger language plpgsql as
       $$ begin raise exception 'evidence is only added to'; end $$`,
    );
    await runner.query(
      `create trigger evidence_stays before update or delete on evidence for each row execute function refuse_change()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table evidence_due, evidence`);
    await runner.query(`drop function refuse_change()`);
  }
}
