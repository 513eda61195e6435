import type { ErrorBody } from '@lifeboat/contracts';
import { deterministicId } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Task } from '../tasks/task.ts';
import { Tasks } from '../tasks/tasks.ts';
import { verbTask } from '../tasks/verbs.ts';
import { Taken } from './freeze.ts';
import type { Freeze } from './freeze.ts';

const COLUMNS = `point_id as "pointId", group_id as "groupId", site, hook, required, at_most_seconds as "atMostSeconds", request, command_id as "commandId", taken,
  outcome, why, ended_at as "endedAt", released_at as "releasedAt", released, alarmed_at as "alarmedAt"`;

type New = Pick<
  Freeze,
  'pointId' | 'groupId' | 'site' | 'hook' | 'required' | 'atMostSeconds' | 'request' | 'commandId'
>;

/** The task that lets go, of a command of its own: nothing that ends the point ends it. */
export const releaseIdOf = (pointId: string): string => deterministicId('unquiesce', pointId);

@Injectable()
export class Freezes {
  constructor(
    private readonly database: Database,
    private readonly tasks: Tasks,
  ) {}

  async of(pointId: string): Promise<Freeze | undefined> {
    const [freeze] = await this.database.query<Freeze[]>(
      `select ${COLUMNS} from application_freeze where point_id = $1`,
      [pointId],
    );
    return freeze;
  }

  /** Those that match, each held until the transaction ends. */
  lock(tx: EntityManager, where: string, values: readonly unknown[] = []): Promise<readonly Freeze[]> {
    return tx.query(`select ${COLUMNS} from application_freeze where ${where} order by point_id for update`, [
      ...values,
    ]);
  }

  /**
   * Intent, and the hook is asked. Not while an earlier point's application may still be held: it would be let go of in the middle of this one.
   */
  async begin(tx: EntityManager, freeze: New, correlationId: string | undefined): Promise<void> {
    const { pointId, groupId, site, hook, required, atMostSeconds, request, commandId } = freeze;
    const [open] = await this.lock(tx, `group_id = $1 and point_id <> $2 and released_at is null`, [groupId, pointId]);
    const refused = open && `it has not answered that it was let go of after point ${open.pointId}`;
    await tx.query(
      `insert into application_freeze (point_id, group_id, site, hook, required, at_most_seconds, request, command_id, outcome, why, ended_at, released_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $9::text is null then null else now() end, case when $9::text is null then null else now() end)
       on conflict (point_id) do nothing`,
      [
        pointId,
        groupId,
        site,
        hook,
        required,
        atMostSeconds,
        JSON.stringify(request),
        commandId,
        refused ? 'failed' : null,
        refused ?? null,
      ],
    );
    if (!refused) await this.tasks.add(tx, [verbTask(commandId, pointId, request)], correlationId);
  }

  /** Takes in what the hook answered; answers how it stands then. */
  async takeIn(tx: EntityManager, pointId: string, task: Task | undefined): Promise<Freeze | undefined> {
    const [freeze] = await this.lock(tx, `point_id = $1`, [pointId]);
    if (!freeze || freeze.endedAt || freeze.taken) return freeze;
    if (task?.state === 'failed') return this.end(tx, freeze, 'failed', problemOf(task.error));
    const answered = task?.state === 'done' ? Taken.safeParse(task.result) : undefined;
    if (!answered) return freeze;
    if (!answered.success) return this.end(tx, freeze, 'failed', 'the worker answered what cannot be used');
    await tx.query(`update application_freeze set taken = $2 where point_id = $1`, [
      pointId,
      JSON.stringify(answered.data),
    ]);
    return { ...freeze, taken: answered.data };
  }

  /** All snapshots are taken: held, when that was in time. */
  async completed(tx: EntityManager, pointId: string): Promise<void> {
    const [freeze] = await this.lock(tx, `point_id = $1 and ended_at is null`, [pointId]);
    if (!freeze) return;
    const late = await this.lock(tx, `point_id = $1 and ${OVERDUE}`, [pointId]);
    await (late.length > 0 ? this.runOut(tx, freeze) : this.end(tx, freeze, 'held', null));
  }

  /** It may be held no longer. */
  runOut(tx: EntityManager, freeze: Freeze): Promise<Freeze> {
    const { taken, atMostSeconds } = freeze;
    return taken
      ? this.end(
          tx,
          freeze,
          'ran-out',
          `the snapshots were not all taken within the ${atMostSeconds} s that it may be held`,
        )
      : this.end(tx, freeze, 'failed', `it was not held still within the ${atMostSeconds} s that it may be`);
  }

  /** Whatever makes the point has been given up. */
  async giveUp(tx: EntityManager, pointId: string, why: string): Promise<void> {
    for (const freeze of await this.lock(tx, `point_id = $1 and ended_at is null`, [pointId]))
      await this.end(tx, freeze, freeze.taken ? 'ran-out' : 'failed', why);
  }

  /** From here on it is to be let go of, at once where nobody can be at the quiesce any more. */
  private async end(
    tx: EntityManager,
    freeze: Freeze,
    outcome: Freeze['outcome'],
    why: string | null,
  ): Promise<Freeze> {
    await tx.query(`update application_freeze set outcome = $2, why = $3, ended_at = now() where point_id = $1`, [
      freeze.pointId,
      outcome,
      why,
    ]);
    await this.askRelease(tx, freeze);
    return { ...freeze, outcome, why, endedAt: new Date() };
  }

  /**
   * Asks for the release, unless a worker may still be at the quiesce: one that is late would hold what was let go of. Also where it is not known whether anything is
   * held. May be called again; a release that failed is asked for anew after `afterSeconds`.
   */
  async askRelease(tx: EntityManager, { pointId, commandId, request }: Freeze, afterSeconds = 0): Promise<void> {
    if (!(await this.tasks.endOne(tx, verbTask(commandId, pointId, request).id))) return;
    await this.tasks.askUntilDone(
      tx,
      {
        id: releaseIdOf(pointId),
        commandId: `unquiesce ${pointId}`,
        ownerId: `unquiesce ${pointId}`,
        site: request.source ?? request.target,
        request: { ...request, verb: 'unquiesce' },
      },
      afterSeconds,
    );
  }
}

/** Of one that has not ended. */
export const OVERDUE = `ended_at is null and asked_at + make_interval(secs => at_most_seconds) <= now()`;

export const problemOf = (error: ErrorBody | null): string => error?.message ?? 'it failed and did not say why';
