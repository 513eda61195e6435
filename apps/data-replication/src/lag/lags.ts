import type { Json } from '@lifeboat/kernel';
import type { Disk } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';

/** A disk that is kept at a target by a mechanism that runs all the time: its newest complete point. */
export interface Running {
  readonly groupId: string;
  readonly pointId: string;
  readonly source: string;
  readonly target: string;
  readonly driver: string;
  readonly disk: Disk;
  readonly replica: Json;
}

/** The newest that is known of one; without `measuredAt` nothing yet. */
export interface LagRow {
  readonly diskKind: string;
  readonly diskId: string;
  readonly name: string;
  readonly driver: string;
  readonly target: string;
  readonly groupId: string;
  readonly seconds: number | null;
  readonly bytes: number | null;
  readonly healthy: boolean;
  readonly problem: string | null;
  readonly measuredAt: Date | null;
  readonly watchedSince: Date;
  readonly alarmedAt: Date | null;
}

const KEY = `(disk_kind, disk_id, driver, target)`;

/** Groups whose primary is given up have nothing that could be behind. */
export const readRunning = (tx: EntityManager, drivers: readonly string[]): Promise<readonly Running[]> =>
  tx.query(
    `select distinct on (disk_kind, disk_id, driver, target) group_id as "groupId", point_id as "pointId", source, target, driver, disk, replica
     from point_disk p where state = 'complete' and driver = any($1) and not exists (select from given_up_primary g where g.group_id = p.group_id and not g.back)
     order by disk_kind, disk_id, driver, target, requested_at desc`,
    [drivers],
  );

export const readLags = (
  query: (sql: string, values: unknown[]) => Promise<readonly LagRow[]>,
  groupId?: string,
): Promise<readonly LagRow[]> =>
  query(
    `select disk_kind as "diskKind", disk_id as "diskId", disk_name as name, driver, target, group_id as "groupId", seconds, bytes, healthy, problem,
       measured_at as "measuredAt", watched_since as "watchedSince", alarmed_at as "alarmedAt"
     from disk_lag where $1::text is null or group_id = $1 order by disk_name, disk_id, driver`,
    [groupId ?? null],
  );

/** Begins to watch what is new and forgets what is kept no more. */
export async function watchOnly(tx: EntityManager, running: readonly Running[]): Promise<void> {
  const keys = running.map(({ disk, driver, target, groupId }) => ({
    disk_kind: disk.kind,
    disk_id: disk.id,
    driver,
    target,
    group_id: groupId,
    disk_name: disk.name,
  }));
  await tx.query(
    `insert into disk_lag (disk_kind, disk_id, driver, target, group_id, disk_name)
     select disk_kind, disk_id, driver, target, group_id, disk_name from jsonb_populate_recordset(null::disk_lag, $1::jsonb)
     on conflict ${KEY} do update set group_id = excluded.group_id, disk_name = excluded.disk_name
     where (disk_lag.group_id, disk_lag.disk_name) <> (excluded.group_id, excluded.disk_name)`,
    [JSON.stringify(keys)],
  );
  await tx.query(
    `delete from disk_lag where ${KEY} not in (select disk_kind, disk_id, driver, target from jsonb_populate_recordset(null::disk_lag, $1::jsonb))`,
    [JSON.stringify(keys)],
  );
}

/** What the workers have answered, the newest of each. A look that failed is a problem, and says nothing of how far it is behind. */
export const takeInAnswers = (tx: EntityManager): Promise<unknown> =>
  tx.query(
    `update disk_lag l set seconds = (t.result->>'seconds')::float8, bytes = (t.result->>'bytes')::float8,
       healthy = coalesce((t.result->>'healthy')::boolean, false), problem = coalesce(t.result->>'problem', t.error->>'message'), measured_at = t.due_at
     from task t where t.request->>'verb' = 'lag' and t.state in ('done', 'failed') and (l.measured_at is null or t.due_at > l.measured_at)
       and (l.disk_kind, l.disk_id, l.driver, l.target) =
         (t.request->'point'->'disk'->>'kind', t.request->'point'->'disk'->>'id', t.request->>'driver', t.request->>'target')`,
  );
