import { ReadReadiness } from '@lifeboat/contracts';
import type { InputOf, OutputOf, Readiness } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { refuseFailedOver } from '../groups/hold.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { GroupCheck } from './group-check.ts';
import { ReadinessRow } from './readiness.row.ts';

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
    await this.groupCheck.check(groupId);
    const found = await context.transaction((tx) => readinessOf(tx, groupId));
    if (!found) throw groupNotFound(groupId);
    return { readiness: found };
  }
}

async function readinessOf(tx: EntityManager, groupId: string): Promise<Readiness | undefined> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  if (!group) throw groupNotFound(groupId);
  refuseFailedOver(group);
  const row = await tx.findOneBy(ReadinessRow, { groupId });
  if (!row) return undefined;
  const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
  return {
    groupId,
    checkedAt: row.checkedAt.toISOString(),
    score: row.score,
    blockers: row.blockers,
    warnings: row.warnings,
    ...(row.pointId !== null && { pointId: row.pointId }),
    ...(row.forecast && { forecast: row.forecast }),
    ...(policy?.rtoSeconds && { rtoSeconds: policy.rtoSeconds }),
  };
}
