import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What stands for what at the sites of a group; what committed runs have to know when their point is gone; what runs have changed and can put back. */
export class Origins1790000000953 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table origin (
        group_id text not null, kind text not null, entity text not null, site text not null, id text not null,
        primary key (group_id, kind, entity, site)
      )`);
    await runner.query(`create index origin_by_id on origin (group_id, site, kind, id)`);
    await runner.query(`alter table recovery_run add column topology jsonb`);
    await runner.query(`alter table ledger_entry add column looked jsonb`);
    await runner.query(`create index ledger_entry_returned on ledger_entry (run_id) where how = 'returned'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index ledger_entry_returned`);
    await runner.query(`alter table ledger_entry drop column looked`);
    await runner.query(`alter table recovery_run drop column topology`);
    await runner.query(`drop table origin`);
  }
}
