import { RequestFailover, StartFailover } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict, illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { hold } from '../groups/hold.ts';
import { PointRow } from '../points/point.row.ts';
import { lockedPoint } from '../points/points.ts';
import { ProofOfLife } from '../sites/proof-of-life.ts';
import { startRun } from './run-starts.ts';

@AnswersRequest(RequestFailover)
export class RequestFailoverHandler implements RequestHandler<typeof RequestFailover> {
  constructor(private readonly proofOfLife: ProofOfLife) {}

  async answer(
    input: InputOf<typeof RequestFailover>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestFailover>> {
    if (!input.confirmPrimaryLost)
      throw conflict(
        'confirm-primary-lost',
        'An unplanned failover brings the workload up whatever the primary still does.',
        {
          mend: 'Make sure that the primary is lost and cannot serve, then ask again with --confirm-primary-lost.',
        },
      );
    const answer = await context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, input.groupId);
      if (group.heldBy === input.runId) return { runId: input.runId };
      if (group.heldBy)
        throw conflict('run-in-progress', `Group ${group.groupId} is held by run ${group.heldBy}.`, {
          mend: 'Wait for it to end, or abort it.',
        });
      if (group.state === 'failed-over')
        throw illegalState('already-failed-over', `Group ${group.groupId} runs at ${group.recovery} already.`);
      if (input.pointId) await lockedPoint(tx, input.pointId, ['sealed']);
      else if (!(await tx.existsBy(PointRow, { groupId: group.groupId, state: 'sealed' })))
        throw illegalState('no-recovery-point', `Group ${group.groupId} has no sealed recovery point.`, {
          mend: 'Nothing can be recovered before one is made.',
        });
      const { groupId, runId, pointId, reason } = input;
      // Held from this moment on: nobody asks the primary for a sign of life any more.
      await tx.save(Object.assign(group, hold(group, runId, 'failover')));
      await startRun(tx, out, StartFailover, { groupId, runId, reason, ...(pointId && { pointId }) });
      return { runId };
    });
    this.proofOfLife.leaveAlone();
    return answer;
  }
}
