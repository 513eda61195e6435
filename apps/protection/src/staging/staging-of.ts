import type { GroupStaging } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupStageRow } from './group-stage.row.ts';

/** As it is shown; `undefined` where nothing is, nor is to be, staged. */
export async function stagingOf(tx: EntityManager, groupId: string): Promise<GroupStaging | undefined> {
  const row = await tx.findOneBy(GroupStageRow, { groupId });
  if (!row) return undefined;
  const { site, since, inStep, problem } = row;
  return {
    site,
    ...(since && { since: since.toISOString() }),
    ...(inStep && {
      inStepAt: inStep.at,
      pointId: inStep.pointId,
      kinds: inStep.kinds,
      quotas: inStep.quotas,
    }),
    ...(problem && { problem }),
  };
}
