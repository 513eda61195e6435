import { RequestPlannedFailover, StartPlannedFailover } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { hold, refuseInUse } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { windowOf } from '../policies/policy.row.ts';
import { startRun } from './run-starts.ts';

/** Held from this moment on: no further point is begun. The primary is watched as before; it lives. */
@AnswersRequest(RequestPlannedFailover)
export class RequestPlannedFailoverHandler implements RequestHandler<typeof RequestPlannedFailover> {
  async answer(
    { groupId, runId, reason, commitWindow: asked, ...overrides }: InputOf<typeof RequestPlannedFailover>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestPlannedFailover>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      if (group.heldBy === runId) return { runId };
      refuseInUse(group);
      const commitWindow = asked ?? (await windowOf(tx, group.policy));
      const plan = await planOfRun(tx, groupId, overrides);
      await tx.save(Object.assign(group, hold(group, runId, 'planned-failover')));
      await startRun(tx, out, StartPlannedFailover, {
        groupId,
        runId,
        reason,
        ...(commitWindow && { commitWindow }),
        ...(plan && { plan }),
      });
      return { runId };
    });
  }
}
