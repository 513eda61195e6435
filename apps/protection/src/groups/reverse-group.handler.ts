import { GroupChanged, ReverseGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupDrillRow } from '../drills/group-drill.row.ts';
import { FenceLeaseRow } from '../leases/fence-lease.row.ts';
import { discardFormer } from '../points/former-points.ts';
import { ReadinessRow } from '../readiness/readiness.row.ts';
import { startUnstage } from '../staging/start-stage.ts';
import { changedGroup } from './changed-group.ts';
import { lockedGroup } from './groups.ts';
import { reverse } from './hold.ts';

@HandlesCommand(ReverseGroup)
export class ReverseGroupHandler implements DecidingHandler<typeof ReverseGroup> {
  async decide(
    data: DataOf<typeof ReverseGroup>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof ReverseGroup>> {
    const { groupId, runId, ofRunId, fenceToken, primary, recovery, members, mappings } = data;
    const row = await lockedGroup(tx, groupId);
    const turned = reverse(row, runId, fenceToken, { primary, recovery });
    const saved = await tx.save(Object.assign(row, turned, { members, mappings, reversedBy: runId, rpoAtRisk: false }));
    const { discarded, kept } = await discardFormer(tx, context, groupId, ofRunId);
    await startUnstage(tx, context, groupId, 'the group was turned round');
    // Found, rehearsed and held for the other direction.
    await tx.delete(ReadinessRow, { groupId });
    await tx.delete(GroupDrillRow, { groupId });
    await tx.delete(FenceLeaseRow, { groupId });
    await context.emit(GroupChanged, await changedGroup(tx, saved));
    return {
      groupId,
      runId,
      primary,
      recovery,
      reversedAt: new Date().toISOString(),
      discarded: [...discarded],
      kept: [...kept],
    };
  }
}
