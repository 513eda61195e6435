import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which groups are kept warm, and how what is staged of each stands. */
export class Staging1790000001501 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy add column staging text`);
    await runner.query(
      `create table group_stage (
         group_id text primary key references protection_group on delete cascade, site text not null, run_id text not null, point_id text not null,
         what text not null, begun_at timestamptz not null, ended_at timestamptz, since timestamptz, in_step jsonb, problem jsonb)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table group_stage`);
    await runner.query(`alter table policy drop column staging`);
  }
}
