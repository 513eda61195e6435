import { ListRuns, ReadRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { definitionOf, sagas } from '@lifeboat/saga-definitions';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { detailOf, summaryOf } from './run-view.ts';
import { RunEventRow, RunRow } from './run.rows.ts';

const LIMIT = 50;

export const runNotFound = (runId: string) =>
  notFound('run-not-found', `There is no run "${runId}".`, { mend: 'List them with "lifeboat run list".' });

@AnswersRequest(ListRuns)
export class ListRunsHandler implements RequestHandler<typeof ListRuns> {
  async answer(
    { groupId, limit }: InputOf<typeof ListRuns>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListRuns>> {
    const rows = await context.transaction((tx) =>
      tx.find(RunRow, { where: groupId ? { groupId } : {}, order: { startedAt: 'DESC' }, take: limit ?? LIMIT }),
    );
    return { runs: rows.map(summaryOf) };
  }
}

@AnswersRequest(ReadRun)
export class ReadRunHandler implements RequestHandler<typeof ReadRun> {
  async answer({ runId }: InputOf<typeof ReadRun>, context: RequestContext): Promise<OutputOf<typeof ReadRun>> {
    return context.transaction(async (tx) => {
      const row = await tx.findOneBy(RunRow, { runId });
      if (!row) throw runNotFound(runId);
      const history = await tx.find(RunEventRow, { where: { runId }, order: { seq: 'ASC' } });
      const definition = definitionOf(sagas, row.name, row.version);
      return {
        run: detailOf(
          row,
          definition,
          history.map(({ event }) => event),
        ),
      };
    });
  }
}
