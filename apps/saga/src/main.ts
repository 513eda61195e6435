import { runService } from '@lifeboat/service-kit';
import { Saga1790000000003 } from './migrations/0001-saga.ts';
import { AnswersHandler } from './runs/answers.handler.ts';
import { ForecastRunHandler } from './runs/forecast-run.handler.ts';
import { ListRunsHandler, ReadRunHandler } from './runs/read-runs.handlers.ts';
import { Resender } from './runs/resend.ts';
import { PendingCommandRow, RunEventRow, RunRow } from './runs/run.rows.ts';
import { Runner } from './runs/runner.ts';
import { startRunHandlers } from './runs/start-runs.handlers.ts';
import { SteerRunHandler } from './runs/steer-run.handler.ts';
import { Timers } from './runs/timers.ts';

await runService({
  name: 'saga',
  context: 'saga',
  database: { schema: 'saga', entities: [RunRow, RunEventRow, PendingCommandRow], migrations: [Saga1790000000003] },
  providers: [
    Runner,
    Resender,
    Timers,
    AnswersHandler,
    ...startRunHandlers,
    SteerRunHandler,
    ListRunsHandler,
    ReadRunHandler,
    ForecastRunHandler,
  ],
});
