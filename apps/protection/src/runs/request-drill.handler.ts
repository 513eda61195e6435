import { RequestDrill } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { beginDrill } from '../drills/begin-drill.ts';
import { refuseInUse } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { PinRow } from '../points/point.row.ts';
import { pointToServe } from '../points/points.ts';
import { requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** Holds nothing but the point that it serves from. */
export const drill: RequestedRun<InputOf<typeof RequestDrill>> = {
  kind: 'drill',
  contract: RequestDrill,
  async ready(tx, group, input) {
    const { groupId } = input;
    const other = await tx.findOneBy(PinRow, { groupId, rehearsal: true });
    if (other)
      throw conflict('run-in-progress', `Run ${other.runId} (drill) is in progress for ${groupId}.`, {
        mend: `End it: "lifeboat run end ${other.runId}".`,
        data: { runId: other.runId },
      });
    refuseInUse(group);
    await pointToServe(tx, groupId, input.pointId);
    await planOfRun(tx, groupId, input);
    return (out, request) => beginDrill(tx, out, group, input, request);
  },
};

@AnswersRequest(RequestDrill)
export class RequestDrillHandler implements RequestHandler<typeof RequestDrill> {
  answer(input: InputOf<typeof RequestDrill>, context: RequestContext): Promise<OutputOf<typeof RequestDrill>> {
    return context.transaction((tx, out) => requestRun(tx, out, drill, input));
  }
}
