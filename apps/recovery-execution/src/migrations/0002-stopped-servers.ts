import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which servers at a primary a run has stopped, or was about to; and whether it starts them again by now. */
export class StoppedServers1790000000702 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table source_hold (run_id text primary key, released boolean not null default false)`);
    await runner.query(`
      create table stopped_server (
        run_id text not null references source_hold (run_id), server_id text not null, name text not null, primary key (run_id, server_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['stopped_server', 'source_hold']) await runner.query(`drop table ${table}`);
  }
}
