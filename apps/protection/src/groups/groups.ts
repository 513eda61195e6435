import { notFound } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import { GroupRow } from './group.row.ts';

/** The row of a group, locked until the transaction ends. */
export async function lockedGroup(tx: EntityManager, groupId: string): Promise<GroupRow> {
  const row = await tx.findOne(GroupRow, { where: { groupId }, lock: { mode: 'pessimistic_write' } });
  if (!row) throw groupNotFound(groupId);
  return row;
}

export const groupNotFound = (groupId: string) =>
  notFound('group-not-found', `There is no protection group "${groupId}".`, {
    mend: 'List them with "lifeboat group list".',
  });
