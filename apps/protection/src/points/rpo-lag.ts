import { Database, Every } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';

const MEASURE_MS = 5_000;

/**
 * How much would be lost if the primary went now, per group that is protected there: the age of its newest sealed point, from the moment that point's
 * snapshot was requested; infinite without a point. Beside it what the policy allows, so that an alarm needs no second source.
 */
@Injectable()
export class RpoLag {
  constructor(private readonly database: Database) {}

  @Every(MEASURE_MS)
  async measure(): Promise<void> {
    const groups: { group: string; lag: number | null; objective: number }[] = await this.database.query(
      `select g.group_id as "group", p.rpo_seconds::float8 as objective,
              (select extract(epoch from now() - max(r.requested_at))::float8 from recovery_point r where r.group_id = g.group_id
                 and r.state = 'sealed' and not r.former) as lag
       from protection_group g join policy p on p.name = g.policy where g.state <> 'failed-over'`,
    );
    setGauges(
      'lifeboat_rpo_lag_seconds',
      groups.map(({ group, lag }) => ({ labels: { group }, value: lag ?? Number.POSITIVE_INFINITY })),
    );
    setGauges(
      'lifeboat_rpo_objective_seconds',
      groups
        .filter(({ objective }) => objective > 0)
        .map(({ group, objective }) => ({ labels: { group }, value: objective })),
    );
  }
}
