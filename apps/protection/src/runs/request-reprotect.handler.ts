import { RequestReprotect, StartReprotect } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { hold } from '../groups/hold.ts';
import { turnedRound } from '../groups/turned-round.ts';
import { startRun } from './run-starts.ts';

/** Held from this moment on. What is said in the start is what holds then: nobody else changes the group meanwhile. */
@AnswersRequest(RequestReprotect)
export class RequestReprotectHandler implements RequestHandler<typeof RequestReprotect> {
  async answer(
    { groupId, runId, mappings, reason }: InputOf<typeof RequestReprotect>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestReprotect>> {
    return context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      if (group.heldBy === runId) return { runId };
      const { commitment, ...turned } = await turnedRound(tx, group, mappings);
      await tx.save(Object.assign(group, hold(group, runId, 'reprotect')));
      await startRun(tx, out, StartReprotect, {
        groupId,
        runId,
        reason,
        ofRunId: commitment.runId,
        committedAt: commitment.committedAt.toISOString(),
        from: turned.primary,
        to: turned.recovery,
        members: group.members,
        mappings: turned.mappings,
        ...(mappings && { mappingsGiven: true as const }),
      });
      return { runId };
    });
  }
}
