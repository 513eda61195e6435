import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Entity versions and topologies by content address, and the points that need them. */
export class MetadataCapture1790000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table entity_version (digest text primary key, kind text not null, source_id text not null, content jsonb not null, first_seen_at timestamptz not null default now())`);
    await runner.query(
      `create table topology (digest text primary key, members text[] not null, captured_at timestamptz not null default now())`,
    );
    await runner.query(`
      create table point_topology (
        point_id text primary key, group_id text not null, digest text not null references topology (digest), report jsonb not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['point_topology', 'topology', 'entity_version']) await runner.query(`drop table ${table}`);
  }
}
