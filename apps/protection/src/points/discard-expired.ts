import { StartDiscard } from '@lifeboat/contracts';
import { deterministicId } from '@lifeboat/kernel';
import type { Outgoing } from '@lifeboat/service-kit';
import { In, IsNull, Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { startRun } from '../runs/run-starts.ts';
import { PinRow, PointRow } from './point.row.ts';
import { expiredPoints } from './retention.ts';

/** Starts the removal of what the policy keeps no longer. */
export async function discardExpired(tx: EntityManager, context: Outgoing, groupId: string): Promise<void> {
  const group = await tx.findOneByOrFail(GroupRow, { groupId });
  // A run that holds the group may be undone, and the point that it made with it: what was before must not have gone by then.
  if (group.heldBy) return;
  const { keep, keepPoints } = await tx.findOneByOrFail(PolicyRow, { name: group.policy });
  const sealed = await tx.findBy(PointRow, { groupId, state: 'sealed', former: false, sealedAt: Not(IsNull()) });
  const pinned = new Set((await tx.findBy(PinRow, { groupId })).map((pin) => pin.pointId));
  const expired = expiredPoints(
    sealed.map((point) => ({
      pointId: point.pointId,
      sealedAt: point.sealedAt ?? point.openedAt,
      pinned: pinned.has(point.pointId),
    })),
    keep ?? { last: keepPoints },
  );
  await startDiscard(tx, context, groupId, expired, 'kept no longer');
}

/** The run's id follows from the point's, so that asking twice starts one. */
export async function startDiscard(
  tx: EntityManager,
  context: Outgoing,
  groupId: string,
  pointIds: readonly string[],
  reason: string,
  more: { readonly sourceBack?: true; readonly imagesKeptBy?: string } = {},
): Promise<void> {
  if (pointIds.length === 0) return;
  await tx.update(PointRow, { pointId: In([...pointIds]) }, { state: 'discarding' });
  for (const pointId of pointIds) {
    const runId = deterministicId('discard', pointId);
    await startRun(tx, context, StartDiscard, { runId, groupId, pointId, reason, ...more });
  }
}
