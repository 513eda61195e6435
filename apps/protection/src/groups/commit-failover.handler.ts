import { CommitFailover, GroupChanged } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, RunKind } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { changedGroup } from './changed-group.ts';
import { CommitmentRow } from './commitments.ts';
import { lockedGroup } from './groups.ts';
import { commit } from './hold.ts';

const UNPLANNED: RunKind = 'failover';

@HandlesCommand(CommitFailover)
export class CommitFailoverHandler implements DecidingHandler<typeof CommitFailover> {
  async decide(
    { groupId, runId, fenceToken }: DataOf<typeof CommitFailover>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof CommitFailover>> {
    const row = await lockedGroup(tx, groupId);
    const saved = await tx.save(Object.assign(row, commit(row, runId, fenceToken)));
    const known = await tx.findOneBy(CommitmentRow, { runId });
    const { primary: from, recovery: to } = saved;
    const unplanned = row.heldFor === UNPLANNED;
    const { committedAt } =
      known ??
      (await tx.save(tx.create(CommitmentRow, { runId, groupId, from, to, committedAt: new Date(), unplanned })));
    // Whoever watches the primary learns at once that the group has left it.
    await context.emit(GroupChanged, await changedGroup(tx, saved));
    return { groupId, runId, committedAt: committedAt.toISOString() };
  }
}
