import { RequestCleanup, StartCleanup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
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
      if (group.heldBy && group.heldBy !== input.ofRunId && group.heldBy !== input.runId)
        throw conflict('run-in-progress', `Group ${group.groupId} is held by run ${group.heldBy}.`, {
          mend: 'Wait for it to end, or abort it.',
        });
      await startRun(tx, out, StartCleanup, input);
      return { runId: input.runId };
    });
  }
}
