import { ReplicationHealthy, ReplicationUnhealthy } from '@lifeboat/contracts';
import type { RunVerb } from '@lifeboat/contracts';
import { deterministicId } from '@lifeboat/kernel';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import { isGivenUp } from '../primaries/given-up.ts';
import { judge } from './judge.ts';
import { readLags, readRunning, takeInAnswers, watchOnly } from './lags.ts';
import type { LagRow, Running } from './lags.ts';

const LOOK_MS = 2_000;

/**
 * Asks the workers how far behind the targets are. One task for each disk, asked anew when it was answered: where a worker is away nothing piles up. Keeps
 * the newest answer, exports it, and says when replication goes on by itself no more, and when it does again.
 */
@Injectable()
export class WatchLag {
  constructor(
    private readonly database: Database,
    private readonly drivers: ChooseDrivers,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_LAG_SECONDS: number },
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const offering = this.drivers.all.all.filter(({ lag }) => lag !== undefined).map(({ name }) => name);
    const rows = await this.database.transaction(async (tx, out) => {
      // Of several instances one at a time: each alarm is said once.
      await tx.query(`select pg_advisory_xact_lock(hashtext('lag'))`);
      const running = await readRunning(tx, offering);
      await watchOnly(tx, running);
      // Before they are asked anew, and the answers gone.
      await takeInAnswers(tx);
      for (const one of running)
        if (!(await isGivenUp(tx, one.groupId))) await askAgain(tx, one, this.settings.LIFEBOAT_LAG_SECONDS);
      const known = await readLags((sql, values) => tx.query(sql, values));
      for (const row of known) await this.say(tx, out, row);
      return known;
    });
    exportGauges(rows);
  }

  private async say(tx: EntityManager, out: Outgoing, row: LagRow): Promise<void> {
    const verdict = judge(row, new Date());
    if (verdict.healthy === (row.alarmedAt === null)) return;
    const { diskKind, diskId, driver, target, groupId, name } = row;
    await tx.query(
      `update disk_lag set alarmed_at = case when $5 then null else now() end where (disk_kind, disk_id, driver, target) = ($1, $2, $3, $4)`,
      [diskKind, diskId, driver, target, verdict.healthy],
    );
    const common = { groupId, disk: { kind: diskKind, id: diskId }, name, driver, target };
    if (verdict.healthy) return out.emit(ReplicationHealthy, common);
    this.log.warn({ ...common, problem: verdict.problem }, 'replication is not healthy');
    await out.emit(ReplicationUnhealthy, { ...common, problem: verdict.problem });
  }
}

/** The worker at the target is asked: what is promoted one day is there. */
async function askAgain(tx: EntityManager, running: Running, everySeconds: number): Promise<void> {
  const { groupId, pointId, source, target, driver, disk, replica } = running;
  const request: Omit<RunVerb, 'taskId' | 'call' | 'memo'> = {
    driver,
    verb: 'lag',
    source,
    target,
    point: { pointId, groupId, disk },
    input: replica as never,
  };
  await tx.query(
    `insert into task (id, command_id, owner_id, site, request) values ($1, 'lag', $2, $3, $4)
     on conflict (id) do update set state = 'waiting', request = excluded.request, memo = null, error = null, result = null, failures = 0,
       failing_since = null, due_at = now(), worker = null
     where task.state in ('done', 'failed', 'cancelled') and task.due_at < now() - make_interval(secs => $5)`,
    [
      deterministicId('lag', driver, target, disk.kind, disk.id),
      groupId,
      target,
      JSON.stringify(request),
      everySeconds,
    ],
  );
}

function exportGauges(rows: readonly LagRow[]): void {
  const labels = ({ groupId, diskId, driver }: LagRow) => ({ group: groupId, disk: diskId, driver });
  const series = (value: (row: LagRow) => number | null) =>
    rows.flatMap((row) => {
      const known = value(row);
      return known === null ? [] : [{ labels: labels(row), value: known }];
    });
  setGauges(
    'lifeboat_replication_lag_seconds',
    series((row) => row.seconds),
  );
  setGauges(
    'lifeboat_replication_lag_bytes',
    series((row) => row.bytes),
  );
  setGauges(
    'lifeboat_replication_healthy',
    series((row) => (row.alarmedAt === null ? 1 : 0)),
  );
}
