import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs whose entities are being removed, or are: nothing is made for them any more, also when nothing ever was. */
export class RemovedRuns1790000000703 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table recovery_run alter column input drop not null, add column removed boolean not null default false`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from recovery_run where input is null`);
    await runner.query(`alter table recovery_run alter column input set not null, drop column removed`);
  }
}
