import { asLifeboatError } from '@lifeboat/kernel';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { setGauges } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { GroupCheck } from './group-check.ts';

const LOOK_MS = 5_000;

/** Checks every group that is protected, all day: as often as it is set, and when there is a newer point to serve from. */
@Injectable()
export class ReadinessWatch {
  constructor(
    private readonly database: Database,
    private readonly groupCheck: GroupCheck,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_READINESS_SECONDS: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    for (const groupId of await this.due())
      await this.groupCheck
        .check(groupId, { asked: false })
        .catch((thrown: unknown) => this.log.warn({ err: asLifeboatError(thrown), groupId }, 'readiness unknown'));
    await this.measure();
  }

  /** Longest not looked at first. Of a group that a run holds the run itself tells. */
  private async due(): Promise<readonly string[]> {
    const rows: { groupId: string }[] = await this.database.query(
      `select g.group_id as "groupId" from protection_group g left join readiness r using (group_id)
       where g.state = 'protected' and g.held_by is null and (r.group_id is null or r.checked_at < now() - make_interval(secs => $1)
         or exists (select from recovery_point p where p.group_id = g.group_id and p.state = 'sealed' and p.sealed_at > r.checked_at))
       order by r.checked_at nulls first`,
      [this.settings.LIFEBOAT_READINESS_SECONDS],
    );
    return rows.map(({ groupId }) => groupId);
  }

  private async measure(): Promise<void> {
    const found: { group: string; score: number; age: number; p90: number | null }[] = await this.database.query(
      `select r.group_id as "group", r.score, extract(epoch from now() - r.checked_at)::float8 as age, (r.forecast->>'p90Seconds')::float8 as p90
       from readiness r join protection_group g using (group_id) where g.state = 'protected'`,
    );
    const gauge = (value: (row: (typeof found)[number]) => number | null) =>
      found.flatMap((row) => {
        const measured = value(row);
        return measured === null ? [] : [{ labels: { group: row.group }, value: measured }];
      });
    setGauges(
      'lifeboat_readiness_score',
      gauge(({ score }) => score),
    );
    setGauges(
      'lifeboat_readiness_age_seconds',
      gauge(({ age }) => age),
    );
    setGauges(
      'lifeboat_rto_forecast_seconds',
      gauge(({ p90 }) => p90),
    );
  }
}
