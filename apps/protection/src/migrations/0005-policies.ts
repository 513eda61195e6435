import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What more a policy may want, groups that are paused or whose RPO is at risk, and points that fell short. */
export class Policies1790000000601 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table policy add column keep jsonb, add column consistency text, add column bandwidth jsonb`,
    );
    await runner.query(
      `alter table protection_group add column paused_at timestamptz, add column paused_for text, add column rpo_at_risk boolean not null default false`,
    );
    await runner.query(`alter table recovery_point add column consistency_missed text`);
    await runner.query(
      `create index recovery_point_unsealed on recovery_point (group_id, opened_at) where sealed_at is null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index recovery_point_unsealed`);
    await runner.query(`alter table recovery_point drop column consistency_missed`);
    await runner.query(
      `alter table protection_group drop column paused_at, drop column paused_for, drop column rpo_at_risk`,
    );
    await runner.query(`alter table policy drop column keep, drop column consistency, drop column bandwidth`);
  }
}
