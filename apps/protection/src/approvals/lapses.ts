import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { lapsed, withDecision } from './decisions.ts';
import { RunRequestRow } from './run-request.row.ts';
import { settle } from './settle-request.ts';

const LOOK_MS = 1_000;

/** Ends requests that nobody has decided in their time. One that somebody is just deciding is left to the next look. */
@Injectable()
export class Lapses {
  constructor(private readonly database: Database) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      const now = new Date();
      const undecided = await tx.find(RunRequestRow, {
        where: { decided: IsNull() },
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const row of undecided.filter(({ request }) => lapsed(request, now)))
        await settle(tx, out, row, withDecision(row.request, { how: 'lapsed', at: now.toISOString() }));
    });
  }
}
