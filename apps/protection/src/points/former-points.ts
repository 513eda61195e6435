import type { Outgoing } from '@lifeboat/service-kit';
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { startDiscard } from './discard-expired.ts';
import { PinRow, PointRow } from './point.row.ts';

const WHY = 'the group is protected the other way round';
/** Their source had been given up. */
const BACK = { sourceBack: true } as const;

/**
 * Points of the direction that is over serve nobody any more: they go, when no run has them pinned. The run that brought the group where it is has made
 * itself independent of its own. Where a copy shares blocks with a replica, the driver keeps what the copy needs.
 */
export async function discardFormer(
  tx: EntityManager,
  out: Outgoing,
  groupId: string,
  committedRunId: string,
): Promise<{ readonly discarded: readonly string[]; readonly kept: readonly string[] }> {
  await tx.delete(PinRow, { groupId, runId: committedRunId });
  const sealed = await tx.findBy(PointRow, { groupId, state: 'sealed' });
  const pinned = new Set((await tx.findBy(PinRow, { groupId })).map(({ pointId }) => pointId));
  const all = sealed.map(({ pointId }) => pointId).toSorted();
  if (all.length > 0) await tx.update(PointRow, { pointId: In(all) }, { former: true });
  const discarded = all.filter((pointId) => !pinned.has(pointId));
  await startDiscard(tx, out, groupId, discarded, WHY, BACK);
  return { discarded, kept: all.filter((pointId) => pinned.has(pointId)) };
}

/** A former point that nobody has pinned any more goes too. */
export async function discardLetGo(tx: EntityManager, out: Outgoing, pointIds: readonly string[]): Promise<void> {
  for (const pointId of pointIds) {
    const point = await tx.findOneBy(PointRow, { pointId, state: 'sealed', former: true });
    if (point && !(await tx.existsBy(PinRow, { pointId })))
      await startDiscard(tx, out, point.groupId, [pointId], WHY, BACK);
  }
}
