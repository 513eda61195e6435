import type { RunDetail, RunOutcome } from '@lifeboat/contracts';
import type { RunRequestRow } from './run-request.row.ts';

/** As a run is shown that has not begun; `undefined` of one that was approved: it is the saga service's. Pure. */
export function runOfRequest({ runId, groupId, kind, input, request }: RunRequestRow): RunDetail | undefined {
  const { decided } = request.approval;
  if (decided?.how === 'approved') return undefined;
  const outcome: RunOutcome = decided?.how ?? 'awaiting-approval';
  return {
    runId,
    kind,
    groupId,
    outcome,
    startedAt: request.at,
    ...(decided && { endedAt: decided.at }),
    // Of no definition: it has no steps.
    version: 0,
    steps: [],
    acts: [],
    state: { ...input, request },
    left: [],
  };
}
