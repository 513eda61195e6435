import { StartStage, StartUnstage } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import type { GroupRow } from '../groups/group.row.ts';
import { startRun } from '../runs/run-starts.ts';
import { GroupStageRow } from './group-stage.row.ts';
import type { StageSource } from './wanted-stage.ts';

/** Of a group that is locked, and held by nobody. */
export async function startStage(
  tx: EntityManager,
  out: Outgoing,
  { groupId, primary: source, recovery: target }: GroupRow,
  { pointId, metadata, mappings, what }: StageSource & { readonly what: string },
): Promise<void> {
  const runId = newId();
  await startRun(tx, out, StartStage, {
    runId,
    groupId,
    source,
    target,
    pointId,
    metadata,
    mappings,
    reason: 'policy',
  });
  const known = await tx.findOneBy(GroupStageRow, { groupId });
  await tx.save(
    tx.create(GroupStageRow, {
      groupId,
      site: target,
      runId,
      pointId,
      what,
      begunAt: new Date(),
      endedAt: null,
      since: known?.since ?? null,
      inStep: known?.inStep ?? null,
      problem: known?.problem ?? null,
    }),
  );
}

/** Quiet where nothing is staged. What serves a run stays, and goes with what that run has made. */
export async function startUnstage(tx: EntityManager, out: Outgoing, groupId: string, reason: string): Promise<void> {
  const known = await tx.findOneBy(GroupStageRow, { groupId });
  if (!known) return;
  await startRun(tx, out, StartUnstage, { runId: newId(), groupId, target: known.site, reason });
  await tx.delete(GroupStageRow, { groupId });
}
