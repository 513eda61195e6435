import { RequestSwitchTraffic, StartSwitchTraffic } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lastCommitment } from '../groups/commitments.ts';
import { lockedGroup } from '../groups/groups.ts';
import { hold } from '../groups/hold.ts';
import { startRun } from './run-starts.ts';

/** Only of the run that the group serves by: those of any other would lead to where nobody serves. */
@AnswersRequest(RequestSwitchTraffic)
export class RequestSwitchTrafficHandler implements RequestHandler<typeof RequestSwitchTraffic> {
  async answer(
    input: InputOf<typeof RequestSwitchTraffic>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestSwitchTraffic>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, input.groupId);
      if (group.heldBy === input.runId) return { runId: input.runId };
      const serving = await lastCommitment(tx, input.groupId);
      if (serving?.runId !== input.ofRunId)
        throw conflict('run-not-serving', `Group ${input.groupId} does not serve by what run ${input.ofRunId} made.`, {
          mend: serving
            ? `It serves by run ${serving.runId}: "lifeboat run switch-traffic ${serving.runId}".`
            : 'It has never left its home, where nothing was switched.',
        });
      await tx.save(Object.assign(group, hold(group, input.runId, 'switch-traffic')));
      await startRun(tx, out, StartSwitchTraffic, input);
      return { runId: input.runId };
    });
  }
}
