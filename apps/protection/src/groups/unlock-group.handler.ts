import { UnlockGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupRow } from './group.row.ts';
import { letGo } from './hold.ts';

@HandlesCommand(UnlockGroup)
export class UnlockGroupHandler implements DecidingHandler<typeof UnlockGroup> {
  async decide(data: DataOf<typeof UnlockGroup>, tx: EntityManager): Promise<AnswerOf<typeof UnlockGroup>> {
    // An undo: the group may have gone, and the lock may never have happened.
    const row = await tx.findOne(GroupRow, { where: { groupId: data.groupId }, lock: { mode: 'pessimistic_write' } });
    if (row) await tx.save(Object.assign(row, letGo(row, data.runId)));
    return { groupId: data.groupId, runId: data.runId };
  }
}
