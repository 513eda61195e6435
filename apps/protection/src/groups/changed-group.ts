import type { DataOf, GroupChanged } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { PolicyRow } from '../policies/policy.row.ts';
import type { GroupRow } from './group.row.ts';

/** What others are told of a group that was created or changed. */
export async function changedGroup(
  tx: EntityManager,
  { groupId, primary, policy, members, state }: GroupRow,
): Promise<DataOf<typeof GroupChanged>> {
  const { metadataRpoSeconds: limit, joining, bandwidth } = (await tx.findOneBy(PolicyRow, { name: policy })) ?? {};
  return {
    groupId,
    primary,
    policy,
    members,
    state,
    ...(limit != null && { metadataRpoSeconds: limit }),
    ...(joining && { joining }),
    ...(bandwidth && { bandwidth }),
  };
}
