import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells, after a broken COMMIT, whether it was ours that got through. */
export class CommitMarks1790000000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table commit_mark (id uuid primary key, at timestamptz not null default now())`);
    await runner.query(`create index commit_mark_age on commit_mark (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table commit_mark`);
  }
}
