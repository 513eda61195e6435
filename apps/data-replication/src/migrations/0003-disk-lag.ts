import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the target is behind, for each disk whose mechanism runs all the time: the newest answer of all. */
export class DiskLag1790000000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table disk_lag (
        disk_kind text not null, disk_id text not null, driver text not null, target text not null,
        group_id text not null, disk_name text not null, watched_since timestamptz not null default now(),
        seconds double precision, bytes double precision, healthy boolean not null default true, problem text,
        measured_at timestamptz, alarmed_at timestamptz,
        primary key (disk_kind, disk_id, driver, target)
      )`);
    await runner.query(`create index disk_lag_of_group on disk_lag (group_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table disk_lag`);
  }
}
