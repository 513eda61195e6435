import { RequestFailback, StartFailback } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { homeOf } from '../groups/commitments.ts';
import { lockedGroup } from '../groups/groups.ts';
import { hold, refuseInUse } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { windowOf } from '../policies/policy.row.ts';
import { startRun } from './run-starts.ts';

/** A planned failover that leads home. Held from this moment on. */
@AnswersRequest(RequestFailback)
export class RequestFailbackHandler implements RequestHandler<typeof RequestFailback> {
  async answer(
    { groupId, runId, reason, commitWindow: asked, ...overrides }: InputOf<typeof RequestFailback>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestFailback>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      if (group.heldBy === runId) return { runId };
      if (group.state === 'failed-over')
        throw illegalState(
          'group-not-protected',
          `Group ${groupId} runs at ${group.recovery}, and nothing protects it.`,
          {
            mend: `Protect it there first: "lifeboat run reprotect ${groupId}".`,
          },
        );
      refuseInUse(group);
      const home = await homeOf(tx, groupId);
      if (group.recovery !== home)
        throw illegalState(
          'not-away',
          home === undefined || group.primary === home
            ? `Group ${groupId} is at home at ${group.primary}.`
            : `The recovery site of group ${groupId}, ${group.recovery}, is not its first home ${home}.`,
          { mend: 'To move it to its recovery site: "lifeboat run failover --planned".' },
        );
      const commitWindow = asked ?? (await windowOf(tx, group.policy));
      const plan = await planOfRun(tx, groupId, overrides);
      await tx.save(Object.assign(group, hold(group, runId, 'failback')));
      await startRun(tx, out, StartFailback, {
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
