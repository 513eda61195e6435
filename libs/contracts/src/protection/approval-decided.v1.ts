import { z } from 'zod';
import { event } from '../define.ts';
import { RequestDecision, RequestedKind } from '../values.ts';

export const ApprovalDecided = event({
  context: 'protection',
  name: 'approval-decided',
  summary: 'A run that awaited approval was approved and begins, was refused, or lapsed.',
  data: RequestDecision.extend({ runId: z.string(), kind: RequestedKind, groupId: z.string() }),
  sample: {
    runId: 'run-1',
    kind: 'failover',
    groupId: 'grp-1',
    how: 'approved',
    at: '2026-01-01T00:10:00.000Z',
    by: 'anna',
    reason: 'the site is on fire',
  },
});
