import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members that wait to be let in: found, and not joined yet. */
export class Joining1790000000504 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table watched_group add column joining text not null default 'automatic'`);
    await runner.query(`alter table group_member add column found_at timestamptz`);
    await runner.query(`update group_member set found_at = joined_at`);
    await runner.query(
      `alter table group_member alter column found_at set not null, alter column joined_at drop not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from group_member where joined_at is null`);
    await runner.query(`alter table group_member drop column found_at, alter column joined_at set not null`);
    await runner.query(`alter table watched_group drop column joining`);
  }
}
