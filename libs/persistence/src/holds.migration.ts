import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What instances share out among them beside messages, each key in one hand at a time. */
export class Holds1790000000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hold (
        scope text not null, key text not null, holder text not null, held_until timestamptz not null, primary key (scope, key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table hold`);
  }
}
