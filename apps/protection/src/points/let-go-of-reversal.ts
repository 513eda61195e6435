import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { startDiscard } from './discard-expired.ts';

const WHY = 'what was made to go back by differences was taken by a point, or is not needed';

/**
 * What a re-protection had made so that the first point sends only what differs stands for the disks as of a point with its run's id: what other points have
 * taken of it is theirs by now, and the rest is removed. Quiet when there is nothing.
 */
export async function letGoOfReversal(
  tx: EntityManager,
  out: Outgoing,
  { groupId, reversedBy }: Pick<GroupRow, 'groupId' | 'reversedBy'>,
): Promise<void> {
  if (reversedBy === null) return;
  await tx.update(GroupRow, { groupId }, { reversedBy: null });
  await startDiscard(tx, out, groupId, [reversedBy], WHY);
}
