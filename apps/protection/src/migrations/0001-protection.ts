import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sites, policies, groups, recovery points and their pins. */
export class Protection1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table site (
        name text primary key, region text, project_name text, is_admin boolean, last_seen_at timestamptz, problem text
      )`);
    await runner.query(`
      create table policy (
        name text primary key, rpo_seconds integer not null, keep_points integer not null, rules jsonb not null
      )`);
    await runner.query(`
      create table protection_group (
        group_id text primary key, name text not null,
        primary_site text not null references site (name), recovery_site text not null references site (name),
        policy text not null references policy (name), members jsonb not null, mappings jsonb not null,
        state text not null check (state in ('protected', 'failing-over', 'failed-over')),
        held_by text, held_for text, fence_token integer not null
      )`);
    await runner.query(`
      create table recovery_point (
        point_id text primary key, group_id text not null, state text not null check (state in ('open', 'sealed', 'discarding', 'discarded')),
        opened_at timestamptz not null, requested_at timestamptz, sealed_at timestamptz, consistency jsonb, metadata text,
        images jsonb not null, disks jsonb not null
      )`);
    await runner.query(`create index recovery_point_by_group on recovery_point (group_id, requested_at desc)`);
    await runner.query(`
      create table point_pin (run_id text primary key, point_id text not null references recovery_point (point_id), group_id text not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['point_pin', 'recovery_point', 'protection_group', 'policy', 'site'])
      await runner.query(`drop table ${table}`);
  }
}
