import { RequestDrill } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { beginDrill } from '../drills/begin-drill.ts';
import { lockedGroup } from '../groups/groups.ts';
import { refuseInUse } from '../groups/hold.ts';
import { PinRow } from '../points/point.row.ts';

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
      await beginDrill(tx, out, group, input);
      return { runId: input.runId };
    });
  }
}
