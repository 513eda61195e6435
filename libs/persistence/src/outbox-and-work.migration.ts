import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The two tables every service has: what it has to send, and what it was asked to do (the inbox). */
export class OutboxAndWork1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table outbox (
        seq bigserial primary key, id text not null, attempt integer not null, envelope jsonb not null, created_at timestamptz not null default now()
      )`);
    await runner.query(`
      create table work (
        id text primary key, type text not null, envelope jsonb not null,
        state text not null default 'running' check (state in ('running', 'done', 'failed')),
        memo jsonb, answer jsonb, answers_sent integer not null default 0,
        next_at timestamptz not null default now(), lease_owner text, lease_until timestamptz,
        failures integer not null default 0, first_at timestamptz not null default now(), updated_at timestamptz not null default now()
      )`);
    await runner.query(`create index work_runnable on work (next_at) where state = 'running'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table work`);
    await runner.query(`drop table outbox`);
  }
}
