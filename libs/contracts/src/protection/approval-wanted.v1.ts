import { z } from 'zod';
import { event } from '../define.ts';
import { PersonName, RequestedKind } from '../values.ts';

export const ApprovalWanted = event({
  context: 'protection',
  name: 'approval-wanted',
  summary: 'A run was asked for, and begins when somebody else has approved it.',
  data: z.object({
    runId: z.string(),
    kind: RequestedKind,
    groupId: z.string(),
    by: PersonName.optional(),
    reason: z.string(),
    lapsesAt: z.string(),
  }),
  sample: {
    runId: 'run-1',
    kind: 'failover',
    groupId: 'grp-1',
    by: 'bert',
    reason: 'primary lost',
    lapsesAt: '2026-01-01T01:00:00.000Z',
  },
});
