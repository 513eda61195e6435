import { ReadReadiness } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { groupNotFound } from '../groups/groups.ts';
import { GroupCheck } from './group-check.ts';
import { readinessOf } from './readiness-of.ts';

@AnswersRequest(ReadReadiness)
export class ReadReadinessHandler implements RequestHandler<typeof ReadReadiness> {
  constructor(private readonly groupCheck: GroupCheck) {}

  /** Looks first when it is asked to, or nobody has looked yet. */
  async answer(
    { groupId, now }: InputOf<typeof ReadReadiness>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadReadiness>> {
    const known = now ? undefined : await context.transaction((tx) => readinessOf(tx, groupId));
    if (known) return { readiness: known };
    await this.groupCheck.check(groupId, { asked: now ?? false });
    const found = await context.transaction((tx) => readinessOf(tx, groupId));
    if (!found) throw groupNotFound(groupId);
    return { readiness: found };
  }
}
