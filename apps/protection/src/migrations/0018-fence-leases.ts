import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which agents hold the leases of groups at their primaries. */
export class FenceLeases1790000001701 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table fence_lease (
         group_id text not null references protection_group on delete cascade, site text not null, agent text not null, ttl_seconds integer not null,
         granted_at timestamptz not null, granted_by text not null, held_since timestamptz, missed boolean not null default false,
         lost_at timestamptz, fenced_at timestamptz, stopped jsonb not null default '[]', primary key (group_id, site, agent))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table fence_lease`);
  }
}
