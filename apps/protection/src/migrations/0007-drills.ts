import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which pins are of drills, and how long a failover stays provisional. */
export class Drills1790000000701 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table point_pin add column rehearsal boolean not null default false`);
    await runner.query(`alter table policy add column commit_window jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table policy drop column commit_window`);
    await runner.query(`alter table point_pin drop column rehearsal`);
  }
}
