import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recovery plans, every version that they had, and which version a drill that is under way rehearses. */
export class Plans1790000000901 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Versions outlive their plan: runs went by them.
    await runner.query(
      `create table plan_version (
         name text not null, version integer not null, primary_site text not null, document jsonb not null, text text not null, digest text not null,
         applied_by text not null, applied_at timestamptz not null, primary key (name, version))`,
    );
    await runner.query(
      `create table plan (
         name text primary key, group_id text not null unique references protection_group on delete cascade, version integer not null,
         verified jsonb, drift text)`,
    );
    await runner.query(
      `create table plan_drill (run_id text primary key, name text not null, version integer not null, covers jsonb not null)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['plan_drill', 'plan', 'plan_version']) await runner.query(`drop table ${table}`);
  }
}
