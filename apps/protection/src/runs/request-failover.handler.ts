import { RequestFailover, StartFailover } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { homeOf } from '../groups/commitments.ts';
import { refuseFailedOver, refuseHeld } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { pointToServe } from '../points/points.ts';
import { windowOf } from '../policies/policy.row.ts';
import { PrimaryLeftAlone } from './primary-left-alone.ts';
import { holding, requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** Held from its beginning on: nobody asks the primary for a sign of life any more. */
export const failover: RequestedRun<InputOf<typeof RequestFailover>> = {
  kind: 'failover',
  contract: RequestFailover,
  async ready(tx, group, input) {
    const { groupId, runId, pointId, reason } = input;
    if (!input.confirmPrimaryLost)
      throw conflict(
        'confirm-primary-lost',
        'An unplanned failover brings the workload up whatever the primary still does.',
        {
          mend: 'Make sure that the primary is lost and cannot serve, then ask again with --confirm-primary-lost.',
        },
      );
    refuseHeld(group);
    refuseFailedOver(group);
    await pointToServe(tx, groupId, pointId);
    const commitWindow = input.commitWindow ?? (await windowOf(tx, group.policy));
    const plan = await planOfRun(tx, groupId, input);
    return holding(tx, group, 'failover', StartFailover, {
      groupId,
      runId,
      reason,
      ...(pointId && { pointId }),
      ...(commitWindow && { commitWindow }),
      ...(plan && { plan }),
      ...((await homeOf(tx, groupId)) === group.recovery && { home: true }),
    });
  },
};

@AnswersRequest(RequestFailover)
export class RequestFailoverHandler implements RequestHandler<typeof RequestFailover> {
  constructor(private readonly primaryLeftAlone: PrimaryLeftAlone) {}

  async answer(
    input: InputOf<typeof RequestFailover>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestFailover>> {
    const answer = await context.transaction((tx, out) => requestRun(tx, out, failover, input));
    if (!answer.awaitsApproval) await this.primaryLeftAlone.of(input.groupId);
    return answer;
  }
}
