import { Database, Every, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { Runner } from './runner.ts';

const TICK_MS = 500;

/** Wakes runs whose time-out, retry or deadline has come. */
@Injectable()
export class Timers {
  constructor(
    private readonly database: Database,
    private readonly runner: Runner,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(TICK_MS)
  async wake(): Promise<void> {
    const due = await this.database.query<{ run_id: string }[]>(
      `select run_id from run where not ended and due_at <= now() order by due_at limit 50`,
    );
    for (const { run_id } of due)
      try {
        await this.database.transaction((tx, out) => this.runner.apply(tx, out, run_id, { type: 'tick' }));
      } catch (thrown) {
        // One run that cannot be woken must not keep the others asleep; its turn comes again.
        this.log.warn({ err: thrown, run: run_id }, 'a run could not be woken');
      }
  }
}
