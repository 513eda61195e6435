import { RequestPlannedFailover, StartPlannedFailover } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { refuseInUse } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { windowOf } from '../policies/policy.row.ts';
import { holding, requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** Held from its beginning on: no further point is begun. The primary is watched as before; it lives. */
export const plannedFailover: RequestedRun<InputOf<typeof RequestPlannedFailover>> = {
  kind: 'planned-failover',
  contract: RequestPlannedFailover,
  async ready(tx, group, { groupId, runId, reason, commitWindow: asked, ...overrides }) {
    refuseInUse(group);
    const commitWindow = asked ?? (await windowOf(tx, group.policy));
    const plan = await planOfRun(tx, groupId, overrides);
    return holding(tx, group, 'planned-failover', StartPlannedFailover, {
      groupId,
      runId,
      reason,
      ...(commitWindow && { commitWindow }),
      ...(plan && { plan }),
    });
  },
};

@AnswersRequest(RequestPlannedFailover)
export class RequestPlannedFailoverHandler implements RequestHandler<typeof RequestPlannedFailover> {
  answer(
    input: InputOf<typeof RequestPlannedFailover>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestPlannedFailover>> {
    return context.transaction((tx, out) => requestRun(tx, out, plannedFailover, input));
  }
}
