import { ListRunRequests, ReadRunRequest } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { In, IsNull } from 'typeorm';
import { runOfRequest } from './run-of-request.ts';
import { RunRequestRow } from './run-request.row.ts';

@AnswersRequest(ListRunRequests)
export class ListRunRequestsHandler implements RequestHandler<typeof ListRunRequests> {
  async answer(
    { groupId, limit }: InputOf<typeof ListRunRequests>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListRunRequests>> {
    const of = groupId === undefined ? {} : { groupId };
    const rows = await context.transaction((tx) =>
      tx.find(RunRequestRow, {
        where: [
          { ...of, decided: IsNull() },
          { ...of, decided: In(['refused', 'lapsed']) },
        ],
        order: { askedAt: 'DESC' },
        take: limit,
      }),
    );
    return { runs: rows.flatMap((row) => runOfRequest(row) ?? []) };
  }
}

@AnswersRequest(ReadRunRequest)
export class ReadRunRequestHandler implements RequestHandler<typeof ReadRunRequest> {
  async answer(
    { runId }: InputOf<typeof ReadRunRequest>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadRunRequest>> {
    const row = await context.transaction((tx) => tx.findOneBy(RunRequestRow, { runId }));
    const run = row && runOfRequest(row);
    return run ? { run } : {};
  }
}
