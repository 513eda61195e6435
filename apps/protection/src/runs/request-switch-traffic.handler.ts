import { RequestSwitchTraffic, StartSwitchTraffic } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lastCommitment } from '../groups/commitments.ts';
import { refuseHeld } from '../groups/hold.ts';
import { holding, requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** Only of the run that the group serves by: those of any other would lead to where nobody serves. */
export const switchTraffic: RequestedRun<InputOf<typeof RequestSwitchTraffic>> = {
  kind: 'switch-traffic',
  contract: RequestSwitchTraffic,
  async ready(tx, group, { groupId, runId, ofRunId, reason }) {
    const serving = await lastCommitment(tx, groupId);
    if (serving?.runId !== ofRunId)
      throw conflict('run-not-serving', `Group ${groupId} does not serve by what run ${ofRunId} made.`, {
        mend: serving
          ? `It serves by run ${serving.runId}: "lifeboat run switch-traffic ${serving.runId}".`
          : 'It has never left its home, where nothing was switched.',
      });
    refuseHeld(group);
    return holding(tx, group, 'switch-traffic', StartSwitchTraffic, { groupId, runId, ofRunId, reason });
  },
};

@AnswersRequest(RequestSwitchTraffic)
export class RequestSwitchTrafficHandler implements RequestHandler<typeof RequestSwitchTraffic> {
  answer(
    input: InputOf<typeof RequestSwitchTraffic>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestSwitchTraffic>> {
    return context.transaction((tx, out) => requestRun(tx, out, switchTraffic, input));
  }
}
