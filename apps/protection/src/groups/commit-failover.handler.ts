import { CommitFailover } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from './groups.ts';
import { commit } from './hold.ts';

@HandlesCommand(CommitFailover)
export class CommitFailoverHandler implements DecidingHandler<typeof CommitFailover> {
  async decide(data: DataOf<typeof CommitFailover>, tx: EntityManager): Promise<AnswerOf<typeof CommitFailover>> {
    const row = await lockedGroup(tx, data.groupId);
    await tx.save(Object.assign(row, commit(row, data.runId, data.fenceToken)));
    return { groupId: data.groupId, runId: data.runId, committedAt: new Date().toISOString() };
  }
}
