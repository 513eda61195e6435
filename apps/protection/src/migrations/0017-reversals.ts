import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a re-protection had made for the first point of the new direction is let go with that point. */
export class Reversals1790000001601 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table protection_group add column reversed_by text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table protection_group drop column reversed_by`);
  }
}
