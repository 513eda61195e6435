import { RequestCleanup, StartCleanup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lastCommitment } from '../groups/commitments.ts';
import { lockedGroup } from '../groups/groups.ts';
import { startRun } from './run-starts.ts';

@AnswersRequest(RequestCleanup)
export class RequestCleanupHandler implements RequestHandler<typeof RequestCleanup> {
  async answer(
    input: InputOf<typeof RequestCleanup>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestCleanup>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, input.groupId);
      const serving = await lastCommitment(tx, input.groupId);
      if (serving?.runId === input.ofRunId)
        throw conflict(
          'run-serves',
          `Group ${group.groupId} serves at ${serving.to} by what run ${serving.runId} made.`,
          {
            mend: 'Fail it over or back first; what a committed run made is removed when the group serves elsewhere.',
          },
        );
      if (group.heldBy && group.heldBy !== input.ofRunId && group.heldBy !== input.runId)
        throw conflict('run-in-progress', `Group ${group.groupId} is held by run ${group.heldBy}.`, {
          mend: 'Wait for it to end, or abort it.',
        });
      await startRun(tx, out, StartCleanup, input);
      return { runId: input.runId };
    });
  }
}
