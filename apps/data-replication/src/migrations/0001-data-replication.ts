import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points of disks, copies for runs, and the driver verbs that make and remove both. */
export class DataReplication1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table point_disk (
        point_id text not null, disk_kind text not null, disk_id text not null,
        group_id text not null, source text not null, target text not null, driver text not null, disk jsonb not null,
        base jsonb, replica jsonb, requested_at timestamptz, completed_at timestamptz, bytes bigint not null default 0,
        state text not null default 'replicating' check (state in ('replicating', 'complete', 'discarding')),
        created_at timestamptz not null default now(),
        primary key (point_id, disk_kind, disk_id)
      )`);
    await runner.query(
      `create index point_disk_newest on point_disk (disk_id, driver, target, requested_at desc) where state = 'complete'`,
    );
    await runner.query(`
      create table disk_copy (
        run_id text not null, disk_kind text not null, disk_id text not null,
        group_id text not null, point_id text not null, target text not null, driver text not null, disk jsonb not null, copy jsonb not null, made jsonb,
        primary key (run_id, disk_kind, disk_id)
      )`);
    await runner.query(`
      create table task (
        id text primary key, command_id text not null, owner_id text not null, site text not null, request jsonb not null,
        correlation_id text, traceparent text,
        state text not null default 'waiting' check (state in ('waiting', 'asked', 'done', 'failed', 'cancelled')),
        call integer not null default 0, attempt integer not null default 0, memo jsonb, result jsonb, error jsonb,
        bytes bigint not null default 0, moving bigint not null default 0, progress real,
        worker text, heard_at timestamptz, due_at timestamptz not null default now(), failing_since timestamptz, failures integer not null default 0,
        created_at timestamptz not null default now()
      )`);
    await runner.query(`create index task_of_command on task (command_id)`);
    await runner.query(`create index task_of_owner on task (owner_id)`);
    await runner.query(`create index task_open on task (due_at) where state in ('waiting', 'asked')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['task', 'disk_copy', 'point_disk']) await runner.query(`drop table ${table}`);
  }
}
