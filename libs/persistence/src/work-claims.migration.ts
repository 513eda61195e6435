import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fences work: whoever lost a claim can store nothing any more. And says since when work fails without a success between. */
export class WorkClaims1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table work add column claim integer not null default 0, add column failing_since timestamptz`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table work drop column claim, drop column failing_since`);
  }
}
