import { StartProtect } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { startRun } from '../runs/run-starts.ts';
import { readPlannable } from './plannable.ts';
import { PointRow } from './point.row.ts';
import { duePoints } from './schedule.ts';

const TICK_MS = 1_000;

/** Makes points as policies ask. Several instances may run: the group's row lock and the open point decide who makes one. */
@Injectable()
export class Scheduler {
  constructor(private readonly database: Database) {}

  @Every(TICK_MS)
  async tick(): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      for (const groupId of duePoints(await readPlannable(tx, { lock: true }), new Date())) {
        const pointId = newId();
        // The open point is the intent: it keeps the group busy until the run has sealed or discarded it.
        await tx.insert(PointRow, { pointId, groupId, state: 'open', openedAt: new Date(), images: [], disks: [] });
        await startRun(tx, out, StartProtect, { runId: pointId, groupId, reason: 'schedule' });
      }
    });
  }
}
