import { RequestReprotect, StartReprotect } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { turnedRound } from '../groups/turned-round.ts';
import { holding, requestRun } from './request-run.ts';
import type { RequestedRun } from './request-run.ts';

/** Held from its beginning on. What is said in the start is what holds then: nobody else changes the group meanwhile. */
export const reprotect: RequestedRun<InputOf<typeof RequestReprotect>> = {
  kind: 'reprotect',
  contract: RequestReprotect,
  async ready(tx, group, { groupId, runId, mappings, reason }) {
    const { commitment, ...turned } = await turnedRound(tx, group, mappings);
    return holding(tx, group, 'reprotect', StartReprotect, {
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
  },
};

@AnswersRequest(RequestReprotect)
export class RequestReprotectHandler implements RequestHandler<typeof RequestReprotect> {
  answer(input: InputOf<typeof RequestReprotect>, context: RequestContext): Promise<OutputOf<typeof RequestReprotect>> {
    return context.transaction((tx, out) => requestRun(tx, out, reprotect, input));
  }
}
