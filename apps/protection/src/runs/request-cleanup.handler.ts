import { RequestCleanup, StartCleanup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lastCommitment } from '../groups/commitments.ts';
import { refuseHeld } from '../groups/hold.ts';
import { requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';
import { startRun } from './run-starts.ts';

/** Holds nothing. A run that holds the group may be cleaned up itself, and no other meanwhile. */
export const cleanup: RequestedRun<InputOf<typeof RequestCleanup>> = {
  kind: 'cleanup',
  contract: RequestCleanup,
  async ready(tx, group, { groupId, runId, ofRunId, reason }) {
    const serving = await lastCommitment(tx, groupId);
    if (serving?.runId === ofRunId)
      throw conflict('run-serves', `Group ${groupId} serves at ${serving.to} by what run ${serving.runId} made.`, {
        mend: 'Fail it over or back first; what a committed run made is removed when the group serves elsewhere.',
      });
    if (group.heldBy !== ofRunId) refuseHeld(group);
    return (out, request) => startRun(tx, out, StartCleanup, { groupId, runId, ofRunId, reason, request });
  },
};

@AnswersRequest(RequestCleanup)
export class RequestCleanupHandler implements RequestHandler<typeof RequestCleanup> {
  answer(input: InputOf<typeof RequestCleanup>, context: RequestContext): Promise<OutputOf<typeof RequestCleanup>> {
    return context.transaction((tx, out) => requestRun(tx, out, cleanup, input));
  }
}
