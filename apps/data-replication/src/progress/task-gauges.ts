import { Database, Every } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';

const MEASURE_MS = 5_000;

/** What workers have to do, by site and by what keeps it open: `waiting` for its next call, or `asked` of a worker. */
@Injectable()
export class TaskGauges {
  constructor(private readonly database: Database) {}

  @Every(MEASURE_MS)
  async measure(): Promise<void> {
    const open = await this.database.query<
      { site: string; driver: string; verb: string; state: string; tasks: number }[]
    >(
      `select site, request->>'driver' as driver, request->>'verb' as verb, state, count(*)::int as tasks
       from task where state in ('waiting', 'asked') group by 1, 2, 3, 4`,
    );
    setGauges(
      'lifeboat_tasks',
      open.map(({ tasks, ...labels }) => ({ labels, value: tasks })),
    );
  }
}
