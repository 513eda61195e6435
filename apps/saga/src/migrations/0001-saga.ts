import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs, their histories (append only) and the commands that wait for an answer. */
export class Saga1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table run (
        run_id text primary key, name text not null, version integer not null, key text not null, group_id text not null,
        outcome text not null, ended boolean not null, started_at timestamptz not null, ended_at timestamptz, due_at timestamptz,
        error jsonb, traceparent text
      )`);
    // One live run per name and key, whoever asks and however often.
    await runner.query(`create unique index run_live on run (name, key) where not ended`);
    await runner.query(`create index run_due on run (due_at) where not ended`);
    await runner.query(`create index run_by_group on run (group_id, started_at desc)`);
    await runner.query(`
      create table run_event (run_id text not null references run (run_id), seq integer not null, event jsonb not null, primary key (run_id, seq))`);
    await runner.query(`
      create table pending_command (
        command_id text primary key, run_id text not null references run (run_id), envelope jsonb not null, attempt integer not null, resend_at timestamptz not null
      )`);
    await runner.query(`create index pending_command_due on pending_command (resend_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['pending_command', 'run_event', 'run']) await runner.query(`drop table ${table}`);
  }
}
