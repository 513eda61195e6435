import { commandFailed, EntitiesStaged, RunEnded } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupStageRow } from './group-stage.row.ts';

const GAVE_WAY = ['run-aborted', 'run-superseded'];

/** How staging went. A run that gave way to another was no failure. */
export async function recordStage(event: Envelope, tx: EntityManager): Promise<void> {
  if (event.type === EntitiesStaged.subject) return inStep(EntitiesStaged.data.parse(event.data), tx);
  if (event.type === RunEnded.subject) {
    const { runId, kind, outcome, error } = RunEnded.data.parse(event.data);
    const why = outcome === 'completed' || GAVE_WAY.includes(error?.code ?? '') ? undefined : error;
    if (kind === 'stage') await ended(tx, runId, why);
  } else if (event.causationId !== undefined)
    await ended(tx, event.causationId, commandFailed('saga').data.parse(event.data).error);
}

async function inStep(
  { runId, kinds, quotas }: (typeof EntitiesStaged)['data']['_output'],
  tx: EntityManager,
): Promise<void> {
  const row = await tx.findOneBy(GroupStageRow, { runId });
  if (!row) return;
  const at = new Date();
  await tx.save(
    Object.assign(row, {
      since: row.since ?? at,
      inStep: { at: at.toISOString(), pointId: row.pointId, kinds, quotas },
      problem: null,
    }),
  );
}

interface Why {
  readonly code: string;
  readonly message: string;
  readonly mend?: string | undefined;
}

async function ended(tx: EntityManager, runId: string, why: Why | undefined): Promise<void> {
  const row = await tx.findOneBy(GroupStageRow, { runId });
  if (!row) return;
  const problem = why && {
    code: why.code,
    where: `group ${row.groupId} at ${row.site}`,
    message: why.message,
    ...(why.mend !== undefined && { mend: why.mend }),
  };
  await tx.save(Object.assign(row, { endedAt: new Date(), ...(problem && { problem }) }));
}
