import { RequestPoint, StartProtect } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict, illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { startRun } from '../runs/run-starts.ts';
import { PointRow } from './point.row.ts';

@AnswersRequest(RequestPoint)
export class RequestPointHandler implements RequestHandler<typeof RequestPoint> {
  async answer(
    { groupId, pointId, reason }: InputOf<typeof RequestPoint>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestPoint>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      const known = await tx.findOneBy(PointRow, { pointId });
      if (known && known.groupId !== groupId)
        throw conflict('point-exists', `Recovery point ${pointId} belongs to group ${known.groupId}.`, {
          mend: 'Choose another id.',
        });
      if (known) return { runId: pointId };
      if (group.state !== 'protected' || group.heldBy)
        throw illegalState(
          'group-not-protected',
          `Group ${groupId} is ${group.state}${group.heldBy ? `, held by run ${group.heldBy}` : ''}: no point can be made now.`,
        );
      await startRun(tx, out, StartProtect, { runId: pointId, groupId, reason });
      return { runId: pointId };
    });
  }
}
