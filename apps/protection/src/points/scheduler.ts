import { StartProtect } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { startRun } from '../runs/run-starts.ts';
import type { Schedulable } from './schedule.ts';
import { duePoints } from './schedule.ts';
import { PointRow } from './point.row.ts';

const TICK_MS = 1_000;
/** A point that was begun and not sealed keeps its group busy this long; then the next one is tried, whatever became of it. */
const BUSY_MINUTES = 30;

/** Makes points as policies ask. Several instances may run: the group's row lock and the open point decide who makes one. */
@Injectable()
export class Scheduler {
  constructor(private readonly database: Database) {}

  @Every(TICK_MS)
  async tick(): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      const groups: Schedulable[] = await tx.query(
        `select g.group_id as "groupId", g.state, g.held_by as "heldBy", p.rpo_seconds as "rpoSeconds",
                (select max(requested_at) from recovery_point r where r.group_id = g.group_id and r.state = 'sealed') as "lastRequestedAt",
                exists (select from recovery_point r where r.group_id = g.group_id and r.state = 'open' and r.opened_at > now() - make_interval(mins => $1)) as busy
         from protection_group g join policy p on p.name = g.policy where p.rpo_seconds > 0 for update of g skip locked`,
        [BUSY_MINUTES],
      );
      for (const groupId of duePoints(groups, new Date())) {
        const pointId = newId();
        // The open point is the intent: it keeps the group busy until the run has sealed or discarded it.
        await tx.insert(PointRow, { pointId, groupId, state: 'open', openedAt: new Date(), images: [], disks: [] });
        await startRun(tx, out, StartProtect, { runId: pointId, groupId, reason: 'schedule' });
      }
    });
  }
}
