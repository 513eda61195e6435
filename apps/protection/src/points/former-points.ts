import type { Outgoing } from '@lifeboat/service-kit';
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { CommitmentRow } from '../groups/commitments.ts';
import { startDiscard } from './discard-expired.ts';
import { PinRow, PointRow } from './point.row.ts';

const WHY = 'the group is protected the other way round';
/** Their source had been given up. */
const BACK = { sourceBack: true } as const;

/** In whose name the images are kept that a committed run's workload stands on: of its own point nothing else is needed. */
const servedBy = (runId: string): string => `run:${runId}`;

/**
 * Points of the direction that is over serve nobody any more: they go, when no run has them pinned. The run that brought the group where it is has made
 * itself independent of its own, but for images. Where a copy shares blocks with a replica, the driver keeps what the copy needs.
 */
export async function discardFormer(
  tx: EntityManager,
  out: Outgoing,
  groupId: string,
  committedRunId: string,
): Promise<{ readonly discarded: readonly string[]; readonly kept: readonly string[] }> {
  const served = await letGoServed(tx, groupId, committedRunId);
  const sealed = await tx.findBy(PointRow, { groupId, state: 'sealed' });
  const pinned = new Set((await tx.findBy(PinRow, { groupId })).map(({ pointId }) => pointId));
  const all = sealed.map(({ pointId }) => pointId).toSorted();
  if (all.length > 0) await tx.update(PointRow, { pointId: In(all) }, { former: true });
  const discarded = all.filter((pointId) => !pinned.has(pointId));
  for (const pointId of discarded)
    await startDiscard(tx, out, groupId, [pointId], WHY, {
      ...BACK,
      ...(pointId === served && keptFor(committedRunId)),
    });
  return { discarded, kept: all.filter((pointId) => pinned.has(pointId)) };
}

/** The point that a committed run was served from: it may go, as soon as no other run has it pinned. */
export async function letGoServed(tx: EntityManager, groupId: string, runId: string): Promise<string | undefined> {
  const pin = await tx.findOneBy(PinRow, { groupId, runId });
  await tx.delete(PinRow, { groupId, runId });
  return pin?.pointId;
}

export const keptFor = (runId: string) => ({ imagesKeptBy: servedBy(runId) });

/** A run lets its points go: one of a direction that is over goes, and what was kept for what a committed run had made. */
export async function discardLetGo(
  tx: EntityManager,
  out: Outgoing,
  { groupId, runId }: { readonly groupId: string; readonly runId: string },
): Promise<void> {
  const pins = await tx.findBy(PinRow, { runId });
  await tx.delete(PinRow, { runId });
  for (const { pointId } of pins) {
    const point = await tx.findOneBy(PointRow, { pointId, state: 'sealed', former: true });
    if (point && !(await tx.existsBy(PinRow, { pointId })))
      await startDiscard(tx, out, point.groupId, [pointId], WHY, BACK);
  }
  if (await tx.existsBy(CommitmentRow, { runId }))
    await startDiscard(tx, out, groupId, [servedBy(runId)], 'what the run had made was removed');
}
