import { PauseGroup, ResumeGroup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from './groups.ts';
import { groupView } from './group-view.ts';

@AnswersRequest(PauseGroup)
export class PauseGroupHandler implements RequestHandler<typeof PauseGroup> {
  async answer(
    { groupId, reason }: InputOf<typeof PauseGroup>,
    context: RequestContext,
  ): Promise<OutputOf<typeof PauseGroup>> {
    return context.transaction(async (tx) => {
      const row = await lockedGroup(tx, groupId);
      if (!row.pausedAt) await tx.save(Object.assign(row, { pausedAt: new Date(), pausedFor: reason }));
      return { group: await groupView(tx, row) };
    });
  }
}

@AnswersRequest(ResumeGroup)
export class ResumeGroupHandler implements RequestHandler<typeof ResumeGroup> {
  async answer(
    { groupId }: InputOf<typeof ResumeGroup>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ResumeGroup>> {
    return context.transaction(async (tx) => {
      const row = await lockedGroup(tx, groupId);
      if (row.pausedAt) await tx.save(Object.assign(row, { pausedAt: null, pausedFor: null }));
      return { group: await groupView(tx, row) };
    });
  }
}
