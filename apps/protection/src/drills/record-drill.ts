import { RunEnded } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { GroupDrillRow } from './group-drill.row.ts';

/** How a drill went. One that gave way to a real run was no failure. */
export async function recordDrill({ data }: Envelope, tx: EntityManager): Promise<void> {
  const { runId, kind, outcome, error } = RunEnded.data.parse(data);
  if (kind !== 'drill') return;
  const row = await tx.findOneBy(GroupDrillRow, { runId });
  if (!row) return;
  if (outcome === 'completed') await tx.save(Object.assign(row, { provenAt: row.begunAt, failedAt: null }));
  else if (!GAVE_WAY.includes(error?.code ?? '')) await tx.save(Object.assign(row, { failedAt: new Date() }));
}

const GAVE_WAY = ['run-aborted', 'run-superseded'];
