import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often groups are rehearsed, and how the last drill of each went. */
export class DrillSchedule1790000001101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy add column drills jsonb`);
    await runner.query(
      `create table group_drill (
         group_id text primary key references protection_group on delete cascade, run_id text not null, begun_at timestamptz not null, failed_at timestamptz,
         proven_at timestamptz)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table group_drill`);
    await runner.query(`alter table policy drop column drills`);
  }
}
