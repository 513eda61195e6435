import { GroupRemoved, RemoveGroup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { In } from 'typeorm';
import { BundleRow, BundleTryRow } from '../bundles/bundle.row.ts';
import { startDiscard } from '../points/discard-expired.ts';
import { keptFor, letGoServed } from '../points/former-points.ts';
import { letGoOfReversal } from '../points/let-go-of-reversal.ts';
import { PinRow, PointRow } from '../points/point.row.ts';
import { startUnstage } from '../staging/start-stage.ts';
import { CommitmentRow, lastCommitment } from './commitments.ts';
import { GroupRow } from './group.row.ts';

@AnswersRequest(RemoveGroup)
export class RemoveGroupHandler implements RequestHandler<typeof RemoveGroup> {
  async answer(
    { groupId }: InputOf<typeof RemoveGroup>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RemoveGroup>> {
    return context.transaction(async (tx, out) => {
      const row = await tx.findOne(GroupRow, { where: { groupId }, lock: { mode: 'pessimistic_write' } });
      if (!row) return {};
      // By what a committed run made the group serves: that needs its point no longer, but for images.
      const serving = await lastCommitment(tx, groupId);
      const served = serving && (await letGoServed(tx, groupId, serving.runId));
      const pin = await tx.findOneBy(PinRow, { groupId });
      if (row.heldBy || pin)
        throw conflict('group-in-use', `Group ${groupId} is used by run ${row.heldBy ?? pin?.runId}.`, {
          mend: 'Wait for it, abort it, or clean it up.',
        });
      const points = await tx.findBy(PointRow, { groupId, state: In(['open', 'sealed']) });
      for (const { pointId } of points)
        await startDiscard(tx, out, groupId, [pointId], 'the group was removed', {
          ...(serving && pointId === served && keptFor(serving.runId)),
        });
      await startUnstage(tx, out, groupId, 'the group was removed');
      await letGoOfReversal(tx, out, row);
      await tx.delete(CommitmentRow, { groupId });
      // The files stay where they are: they may be all that is left.
      await tx.delete(BundleRow, { groupId });
      await tx.delete(BundleTryRow, { groupId });
      await tx.delete(GroupRow, { groupId });
      await out.emit(GroupRemoved, { groupId });
      return {};
    });
  }
}
