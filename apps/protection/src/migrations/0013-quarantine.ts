import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sites were left without a word to them, and which run quarantined them when they came back. */
export class Quarantine1790000001201 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table commitment add column unplanned boolean not null default false, add column quarantined_by text`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table commitment drop column quarantined_by, drop column unplanned`);
  }
}
