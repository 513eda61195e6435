import { ApproveRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { PrimaryLeftAlone } from '../runs/primary-left-alone.ts';
import { requestedRuns } from '../runs/requested-runs.ts';
import { decidedBy } from './decisions.ts';
import { lockedRequest } from './run-request.row.ts';
import { settle } from './settle-request.ts';

/** The group may have changed since the run was asked for: what is refused by now stays a request, until somebody mends what is in the way, or it lapses. */
@AnswersRequest(ApproveRun)
export class ApproveRunHandler implements RequestHandler<typeof ApproveRun> {
  constructor(private readonly primaryLeftAlone: PrimaryLeftAlone) {}

  async answer(
    { runId, by, reason }: InputOf<typeof ApproveRun>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ApproveRun>> {
    const { kind, groupId } = await context.transaction(async (tx, out) => {
      const row = await lockedRequest(tx, runId);
      const request = decidedBy(runId, row.request, { how: 'approved', by, reason }, new Date());
      if (!request) return row;
      const group = await lockedGroup(tx, row.groupId);
      const run = requestedRuns[row.kind];
      const begin = await run.ready(tx, group, run.contract.input.parse(row.input));
      await begin(out, request);
      await settle(tx, out, row, request);
      return row;
    });
    if (kind === 'failover') await this.primaryLeftAlone.of(groupId);
    return { runId };
  }
}
