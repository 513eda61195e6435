import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each run switched so that traffic is led to it, what stood there before, and at what the group was reached then. */
export class Traffic1790000001051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table traffic_switch (
        run_id text not null, index integer not null, group_id text not null, source text not null, target text not null,
        content jsonb not null, place text, before jsonb, after jsonb, former text[], begun_at timestamptz,
        state text not null default 'planned' check (state in ('planned', 'begun', 'switched', 'put-back', 'failed')),
        primary key (run_id, index)
      )`);
    await runner.query(`create index traffic_switch_by_place on traffic_switch (group_id, place, source, begun_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table traffic_switch`);
  }
}
