import { commandFailed, RunStarted } from '@lifeboat/contracts';
import type { CommandDef, Envelope } from '@lifeboat/contracts';
import { Database, envelopeOf, Every, LOGGER } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { letGo } from '../groups/hold.ts';
import { PlanDrillRow } from '../plans/plan.row.ts';
import { PinRow, PointRow } from '../points/point.row.ts';

const TICK_MS = 1_000;
const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 60;

/**
 * Starts a run, in the transaction of what was decided. What starts it is kept and sent again until the saga service has said that the run began: NATS may
 * lose it with its store. Starting the same run twice starts it once.
 */
export async function startRun<T extends { readonly runId: string }>(
  tx: EntityManager,
  out: Outgoing,
  command: CommandDef<T>,
  data: T,
): Promise<void> {
  const { runId } = data;
  const envelope = envelopeOf('protection', command, data, { id: runId, correlationId: runId });
  const fresh: unknown[] = await tx.query(
    `insert into run_start (run_id, envelope, resend_at) values ($1, $2, now() + make_interval(secs => $3))
     on conflict (run_id) do nothing returning run_id`,
    [runId, JSON.stringify(envelope), FIRST_SECONDS],
  );
  if (fresh.length > 0) await out.forward([envelope]);
}

/** Sends again, as new attempts of the same id, what nobody has answered. */
@Injectable()
export class RunStarts {
  constructor(private readonly database: Database) {}

  @Every(TICK_MS)
  async resend(): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      const [rows]: [{ envelope: Envelope; attempt: number }[], number] = await tx.query(
        `update run_start set attempt = attempt + 1, resend_at = now() + make_interval(secs => least($1::float, $2 * power(1.6, attempt)))
         where run_id in (select run_id from run_start where resend_at <= now() order by resend_at limit 100 for update skip locked)
         returning envelope, attempt`,
        [LONGEST_SECONDS, FIRST_SECONDS],
      );
      await out.forward(rows.map(({ envelope, attempt }) => ({ ...envelope, attempt })));
    });
  }
}

/** Hears what became of starts. A run that was refused holds nothing: its group and its point are let go again. */
@Injectable()
export class HearRunStarts {
  constructor(@Inject(LOGGER) private readonly log: Logger) {}

  async hear({ type, causationId, data }: Envelope, tx: EntityManager): Promise<void> {
    const runId = type === RunStarted.subject ? RunStarted.data.parse(data).runId : causationId;
    if (runId === undefined) return;
    await tx.query(`delete from run_start where run_id = $1`, [runId]);
    if (type === RunStarted.subject) return;
    this.log.warn({ runId, err: commandFailed('saga').data.parse(data).error }, 'a run was refused');
    const held = await tx.find(GroupRow, { where: { heldBy: runId }, lock: { mode: 'pessimistic_write' } });
    for (const row of held) await tx.save(Object.assign(row, letGo(row, runId)));
    await tx.delete(PinRow, { runId, rehearsal: true });
    await tx.delete(PlanDrillRow, { runId });
    // Kept as one that led to nothing, so that the next is not tried in the same second.
    await tx.update(PointRow, { pointId: runId, state: 'open' }, { state: 'discarded' });
  }
}
