import { ApplicationHeld, ApplicationReleased } from '@lifeboat/contracts';
import { Database, Every, LOGGER } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isGivenUp } from '../primaries/given-up.ts';
import { outcomeAfter, Released, UNANSWERED_MS } from './freeze.ts';
import type { Freeze } from './freeze.ts';
import { Freezes, OVERDUE, releaseIdOf } from './freezes.ts';

const LOOK_MS = 200;
const HOUR_MS = 3_600_000;
const KEPT_DAYS = 30;
const AGAIN_SECONDS = 5;

interface Open {
  readonly pointId: string;
  readonly groupId: string;
  readonly hook: string;
  readonly seconds: number;
}

interface Answer {
  readonly state: string;
  readonly result: unknown;
  readonly failures: number;
  readonly problem: string | null;
}

/**
 * Ends what has lasted too long, whatever became of who makes the point, and has applications let go of until they answer. Alarms where one does not.
 */
@Injectable()
export class WatchFreezes {
  constructor(
    private readonly database: Database,
    private readonly freezes: Freezes,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const open = await this.database.query<Open[]>(
      `select point_id as "pointId", group_id as "groupId", hook, extract(epoch from now() - asked_at)::float8 as seconds from application_freeze
       where released_at is null`,
    );
    setGauges(
      'lifeboat_application_held_seconds',
      open.map(({ groupId: group, hook, seconds }) => ({ labels: { group, hook }, value: seconds })),
    );
    for (const { pointId, groupId } of open)
      await this.database.transaction(async (tx, out) => {
        // Of a primary that was given up nothing is asked. Its worker lets go by itself.
        const givenUp = await isGivenUp(tx, groupId);
        const [freeze] = await this.freezes.lock(tx, `point_id = $1 and released_at is null`, [pointId]);
        if (freeze) await this.lookAt(tx, out, freeze, givenUp);
      });
  }

  private async lookAt(tx: EntityManager, out: Outgoing, freeze: Freeze, givenUp: boolean): Promise<void> {
    const [overdue] = await this.freezes.lock(tx, `point_id = $1 and ${OVERDUE}`, [freeze.pointId]);
    if (overdue) {
      this.log.warn(namesOf(overdue), 'an application was to be held still for as long as it may be; it is let go of');
      await this.freezes.runOut(tx, overdue);
    } else if (freeze.endedAt && !givenUp) await this.release(tx, out, freeze);
  }

  @Every(HOUR_MS)
  async forgetOld(): Promise<void> {
    await this.database.query(`delete from application_freeze where released_at < now() - make_interval(days => $1)`, [
      KEPT_DAYS,
    ]);
  }

  private async release(tx: EntityManager, out: Outgoing, freeze: Freeze): Promise<void> {
    const [task]: Answer[] = await tx.query(
      `select state, result, failures, coalesce(error, problem)->>'message' as problem from task where id = $1`,
      [releaseIdOf(freeze.pointId)],
    );
    if (task?.state === 'done') return this.released(tx, out, freeze, task.result);
    await this.freezes.askRelease(tx, freeze, AGAIN_SECONDS);
    const silent = Date.now() - (freeze.endedAt?.getTime() ?? Date.now()) > UNANSWERED_MS;
    if (freeze.alarmedAt || !(silent || task?.state === 'failed')) return;
    const problem = task?.problem ?? 'no worker of the site answers';
    this.log.error(
      { ...namesOf(freeze), problem },
      'an application that was held still is not known to be let go of; it is asked again and again',
    );
    await tx.query(`update application_freeze set alarmed_at = now() where point_id = $1`, [freeze.pointId]);
    await out.emit(ApplicationHeld, { ...namesOf(freeze), problem });
  }

  private async released(tx: EntityManager, out: Outgoing, freeze: Freeze, result: unknown): Promise<void> {
    const answered = Released.safeParse(result);
    const unusable = { at: new Date().toISOString(), held: false, why: 'the worker answered what cannot be used' };
    const released = answered.success ? answered.data : unusable;
    const { outcome, why } = outcomeAfter(freeze, released);
    await tx.query(
      `update application_freeze set released_at = now(), released = $2, outcome = $3, why = $4 where point_id = $1`,
      [freeze.pointId, JSON.stringify(released), outcome, why],
    );
    if (freeze.alarmedAt) await out.emit(ApplicationReleased, namesOf(freeze));
  }
}

const namesOf = ({ groupId, pointId, site, hook }: Freeze) => ({ groupId, pointId, site, hook });
