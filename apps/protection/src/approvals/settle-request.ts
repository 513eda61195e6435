import { ApprovalDecided } from '@lifeboat/contracts';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { recordWhenAble } from '../evidence/evidence-due.ts';
import type { DecidedRequest } from './decisions.ts';
import type { RunRequestRow } from './run-request.row.ts';

/** Stores what was decided, in the transaction of who decided it, and tells of it. A run that will not begin is recorded now; one that does, when it has ended. */
export async function settle(
  tx: EntityManager,
  out: Outgoing,
  row: RunRequestRow,
  request: DecidedRequest,
): Promise<void> {
  const { runId, groupId, kind } = row;
  const { decided } = request.approval;
  await tx.save(Object.assign(row, { request }));
  await out.emit(ApprovalDecided, { ...decided, runId, groupId, kind }, { correlationId: runId });
  if (decided.how !== 'approved') await recordWhenAble(tx, runId);
}
