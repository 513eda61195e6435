import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Groups whose primary is given up, and what was therefore left there. */
export class GivenUpPrimaries1790000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table given_up_primary (group_id text primary key, run_id text not null, committed boolean not null default false)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table given_up_primary`);
  }
}
