import { RefuseRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { decidedBy } from './decisions.ts';
import { lockedRequest } from './run-request.row.ts';
import { settle } from './settle-request.ts';

@AnswersRequest(RefuseRun)
export class RefuseRunHandler implements RequestHandler<typeof RefuseRun> {
  async answer(
    { runId, by, reason }: InputOf<typeof RefuseRun>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RefuseRun>> {
    await context.transaction(async (tx, out) => {
      const row = await lockedRequest(tx, runId);
      const request = decidedBy(runId, row.request, { how: 'refused', by, reason }, new Date());
      if (request) await settle(tx, out, row, request);
    });
    return { runId };
  }
}
