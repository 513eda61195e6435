import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { Runner } from './runner.ts';

const TICK_MS = 500;

/** Wakes runs whose time-out, retry or deadline has come. */
@Injectable()
export class Timers {
  constructor(
    private readonly database: Database,
    private readonly runner: Runner,
  ) {}

  @Every(TICK_MS)
  async wake(): Promise<void> {
    const due = await this.database.query<{ run_id: string }[]>(
      `select run_id from run where not ended and due_at <= now() order by due_at limit 50`,
    );
    for (const { run_id } of due)
      await this.database.transaction((tx, out) => this.runner.apply(tx, out, run_id, { type: 'tick' }));
  }
}
