import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of what a copy was made: a driver that turns its disk round is told, when the point has gone. */
export class CopiedReplicas1790000001401 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table disk_copy add column replica jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table disk_copy drop column replica`);
  }
}
