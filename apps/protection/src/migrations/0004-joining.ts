import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether new matches of a query join by themselves. */
export class Joining1790000000501 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy add column joining text not null default 'automatic'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy drop column joining`);
  }
}
