import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a group may send, disks that are not to be trusted, and the roots that points are verified with. */
export class Policies1790000000603 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table group_bandwidth (group_id text primary key, bandwidth jsonb not null, told_at timestamptz not null)`,
    );
    await runner.query(
      `create table distrusted_disk (group_id text not null, disk_id text not null, since timestamptz not null default now(), primary key (group_id, disk_id))`,
    );
    await runner.query(`alter table point_disk add column root text`);
    await runner.query(`alter table task add column problem jsonb`);
    await runner.query(
      `create index task_of_group_open on task ((request->'point'->>'groupId')) where state in ('waiting', 'asked')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index task_of_group_open`);
    await runner.query(`alter table task drop column problem`);
    await runner.query(`alter table point_disk drop column root`);
    await runner.query(`drop table distrusted_disk`);
    await runner.query(`drop table group_bandwidth`);
  }
}
