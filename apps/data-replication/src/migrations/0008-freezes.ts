import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications that are held still by a hook while the snapshots of a point are taken, until it is known that they are let go of. */
export class Freezes1790000001501 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table application_freeze (
        point_id text primary key, group_id text not null, site text not null, hook text not null, required boolean not null,
        at_most_seconds integer not null, request jsonb not null, command_id text not null,
        asked_at timestamptz not null default now(), taken jsonb,
        outcome text check (outcome in ('held', 'failed', 'ran-out', 'lost')), why text, ended_at timestamptz,
        released_at timestamptz, released jsonb, alarmed_at timestamptz
      )`);
    await runner.query(
      `create index application_freeze_open on application_freeze (group_id) where released_at is null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table application_freeze`);
  }
}
