import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which runs have to be approved, who had set a policy when, and the runs that were asked for and had to be. */
export class Approvals1790000001401 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table policy add column approval jsonb, add column set_by text, add column set_at timestamptz`,
    );
    await runner.query(
      `create table run_request (
         run_id text primary key, group_id text not null, kind text not null, asked_at timestamptz not null, input jsonb not null, request jsonb not null,
         decided text generated always as (request->'approval'->'decided'->>'how') stored)`,
    );
    await runner.query(`create index run_request_undecided on run_request (group_id) where decided is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table run_request`);
    await runner.query(`alter table policy drop column approval, drop column set_by, drop column set_at`);
  }
}
