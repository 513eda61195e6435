import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How old a group's metadata may be. */
export class MetadataRpo1790000000201 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy add column metadata_rpo_seconds integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy drop column metadata_rpo_seconds`);
  }
}
