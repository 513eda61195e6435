import { RequestDrill, StartDrill } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { refuseInUse } from '../groups/hold.ts';
import { PlanDrillRow } from '../plans/plan.row.ts';
import { planOfRun } from '../plans/plans.ts';
import { PinRow } from '../points/point.row.ts';
import { pointToServe } from '../points/points.ts';
import { startRun } from './run-starts.ts';

@AnswersRequest(RequestDrill)
export class RequestDrillHandler implements RequestHandler<typeof RequestDrill> {
  async answer(input: InputOf<typeof RequestDrill>, context: RequestContext): Promise<OutputOf<typeof RequestDrill>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, input.groupId);
      const other = await tx.findOneBy(PinRow, { groupId: group.groupId, rehearsal: true });
      if (other && other.runId !== input.runId)
        throw conflict('run-in-progress', `Run ${other.runId} (drill) is in progress for ${group.groupId}.`, {
          mend: `End it: "lifeboat run end ${other.runId}".`,
          data: { runId: other.runId },
        });
      if (other) return { runId: input.runId };
      refuseInUse(group);
      const { pointId } = await pointToServe(tx, group.groupId, input.pointId);
      // The pin is the intent: by it a second drill is refused, and a failover knows whom to wait for.
      await tx.insert(PinRow, { runId: input.runId, pointId, groupId: group.groupId, rehearsal: true });
      const plan = await planOfRun(tx, group.groupId, input);
      const { planVersion: _version, skipPrompts: _skip, ...asked } = input;
      await startRun(tx, out, StartDrill, { ...asked, ...(plan && { plan }) });
      if (plan) {
        const { members, mappings } = group;
        const { name, version } = plan;
        await tx.insert(PlanDrillRow, {
          runId: input.runId,
          name,
          version,
          covers: { members, mappings, waves: null } as never,
        });
      }
      return { runId: input.runId };
    });
  }
}
