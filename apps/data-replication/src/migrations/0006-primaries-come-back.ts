import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A primary that was given up may be called again when its group is protected the other way round. */
export class PrimariesComeBack1790000000952 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table given_up_primary add column back boolean not null default false, add column told_at timestamptz not null default now()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from given_up_primary where back`);
    await runner.query(`alter table given_up_primary drop column told_at, drop column back`);
  }
}
