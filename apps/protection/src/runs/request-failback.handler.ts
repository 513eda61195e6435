import { RequestFailback, StartFailback } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { homeOf } from '../groups/commitments.ts';
import type { GroupRow } from '../groups/group.row.ts';
import { refuseInUse } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { windowOf } from '../policies/policy.row.ts';
import { holding, requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** A planned failover that leads home. Held from its beginning on. */
export const failback: RequestedRun<InputOf<typeof RequestFailback>> = {
  kind: 'failback',
  contract: RequestFailback,
  async ready(tx, group, { groupId, runId, reason, commitWindow: asked, ...overrides }) {
    await refuseUnlessAway(tx, group);
    const commitWindow = asked ?? (await windowOf(tx, group.policy));
    const plan = await planOfRun(tx, groupId, overrides);
    return holding(tx, group, 'failback', StartFailback, {
      groupId,
      runId,
      reason,
      ...(commitWindow && { commitWindow }),
      ...(plan && { plan }),
    });
  },
};

async function refuseUnlessAway(tx: EntityManager, group: GroupRow): Promise<void> {
  const { groupId } = group;
  if (group.state === 'failed-over')
    throw illegalState('group-not-protected', `Group ${groupId} runs at ${group.recovery}, and nothing protects it.`, {
      mend: `Protect it there first: "lifeboat run reprotect ${groupId}".`,
    });
  refuseInUse(group);
  const home = await homeOf(tx, groupId);
  if (group.recovery === home) return;
  throw illegalState(
    'not-away',
    home === undefined || group.primary === home
      ? `Group ${groupId} is at home at ${group.primary}.`
      : `The recovery site of group ${groupId}, ${group.recovery}, is not its first home ${home}.`,
    { mend: 'To move it to its recovery site: "lifeboat run failover --planned".' },
  );
}

@AnswersRequest(RequestFailback)
export class RequestFailbackHandler implements RequestHandler<typeof RequestFailback> {
  answer(input: InputOf<typeof RequestFailback>, context: RequestContext): Promise<OutputOf<typeof RequestFailback>> {
    return context.transaction((tx, out) => requestRun(tx, out, failback, input));
  }
}
