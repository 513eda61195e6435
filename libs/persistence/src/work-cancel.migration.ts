import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work may be ended by what undoes it. */
export class WorkCancel1790000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table work drop constraint work_state_check,
        add constraint work_state_check check (state in ('running', 'done', 'failed', 'cancelled'))`);
    await runner.query(`create index work_open on work (type) where state in ('running', 'cancelled')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index work_open`);
    await runner.query(`delete from work where state = 'cancelled'`);
    await runner.query(`
      alter table work drop constraint work_state_check, add constraint work_state_check check (state in ('running', 'done', 'failed'))`);
  }
}
