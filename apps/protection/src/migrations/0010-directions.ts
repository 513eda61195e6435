import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where groups have served, by which committed run; and which points are of a direction that is over. */
export class Directions1790000000951 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table commitment (
         run_id text primary key, group_id text not null, from_site text not null, to_site text not null, committed_at timestamptz not null)`,
    );
    await runner.query(`create index commitment_of_group on commitment (group_id, committed_at)`);
    await runner.query(`alter table recovery_point add column former boolean not null default false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table recovery_point drop column former`);
    await runner.query(`drop table commitment`);
  }
}
