import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether groups could be failed over, and how long a policy lets that take. */
export class Readiness1790000000801 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table readiness (
         group_id text primary key references protection_group on delete cascade, checked_at timestamptz not null, point_id text, score integer not null,
         blockers jsonb not null, warnings jsonb not null, forecast jsonb)`,
    );
    await runner.query(`alter table policy add column rto_seconds integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy drop column rto_seconds`);
    await runner.query(`drop table readiness`);
  }
}
