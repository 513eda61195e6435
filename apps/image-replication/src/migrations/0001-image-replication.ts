import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Image replicas by site and hash, and the points that need them. */
export class ImageReplication1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table image_replica (
        site text not null, hash text not null, hash_algo text not null, target_id text not null, attempt integer not null,
        state text not null check (state in ('copying', 'active')), size_bytes bigint not null, owned boolean not null,
        primary key (site, hash)
      )`);
    await runner.query(`
      create table point_image (
        point_id text not null, source_id text not null, site text not null, hash text not null, reused boolean not null,
        primary key (point_id, source_id)
      )`);
    await runner.query(`create index point_image_by_replica on point_image (site, hash)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table point_image`);
    await runner.query(`drop table image_replica`);
  }
}
