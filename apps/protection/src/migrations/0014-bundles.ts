import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bundles that were made, and for which point and plan of a group one was tried last. */
export class Bundles1790000001301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy add column bundle jsonb`);
    await runner.query(
      `create table bundle (
         group_id text not null, place text not null, name text not null, made_at timestamptz not null, content jsonb not null,
         primary key (group_id, place, name))`,
    );
    await runner.query(
      `create table bundle_try (
         group_id text primary key, what text not null, point_id text not null, tried_at timestamptz not null, problem jsonb)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table bundle_try, bundle`);
    await runner.query(`alter table policy drop column bundle`);
  }
}
