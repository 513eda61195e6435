import { ForecastRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf, RunDetail } from '@lifeboat/contracts';
import { definitionOf, sagas } from '@lifeboat/saga-definitions';
import { stagesOf } from '@lifeboat/saga-engine';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { forecastOf } from './forecast.ts';
import { detailOf } from './run-view.ts';
import { RunEventRow, RunRow } from './run.rows.ts';

/** Enough to have met a slow one, few enough to follow what changed. */
const LEARNED_FROM = 20;

@AnswersRequest(ForecastRun)
export class ForecastRunHandler implements RequestHandler<typeof ForecastRun> {
  async answer(
    { groupId, kind, alike = [] }: InputOf<typeof ForecastRun>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ForecastRun>> {
    const newest = sagas.filter(({ name }) => name === kind).toSorted((a, b) => b.version - a.version)[0];
    if (!newest) return {};
    const forecast = await context.transaction(async (tx) => {
      const rows = await tx.find(RunRow, {
        where: { groupId, name: In([kind, ...alike]), outcome: 'completed' },
        order: { startedAt: 'DESC' },
        take: LEARNED_FROM,
      });
      const runs: RunDetail[] = [];
      for (const row of rows) runs.push(await earlier(tx, row));
      return forecastOf(
        // Its waves are those of the last run; how long people look before they commit is no part of it.
        stagesOf(newest, runs[0]?.state ?? {}).map((rows) => rows.filter(({ hold }) => !hold).map(({ name }) => name)),
        runs.map(({ steps }) => steps),
      );
    });
    return forecast ? { forecast } : {};
  }
}

async function earlier(tx: EntityManager, row: RunRow): Promise<RunDetail> {
  const history = await tx.find(RunEventRow, { where: { runId: row.runId }, order: { seq: 'ASC' } });
  const definition = definitionOf(sagas, row.name, row.version);
  return detailOf(
    row,
    definition,
    history.map(({ event }) => event),
  );
}
