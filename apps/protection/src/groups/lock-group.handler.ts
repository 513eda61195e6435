import { LockGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from './groups.ts';
import { hold } from './hold.ts';

@HandlesCommand(LockGroup)
export class LockGroupHandler implements DecidingHandler<typeof LockGroup> {
  async decide(data: DataOf<typeof LockGroup>, tx: EntityManager): Promise<AnswerOf<typeof LockGroup>> {
    const row = await lockedGroup(tx, data.groupId);
    const held = await tx.save(Object.assign(row, hold(row, data.runId, data.purpose)));
    return { groupId: data.groupId, runId: data.runId, fenceToken: held.fenceToken, purpose: data.purpose };
  }
}
