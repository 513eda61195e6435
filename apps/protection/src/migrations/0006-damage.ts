import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is wrong with a point's replicas. */
export class Damage1790000000602 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table recovery_point add column damage text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table recovery_point drop column damage`);
  }
}
