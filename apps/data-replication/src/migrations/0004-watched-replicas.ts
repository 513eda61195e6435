import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What stood at the target for a disk of a point when it was first looked at, and since when it is damaged. */
export class WatchedReplicas1790000000601 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table point_disk add column standing jsonb, add column damaged_at timestamptz, add column damage text`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table point_disk drop column standing, drop column damaged_at, drop column damage`);
  }
}
