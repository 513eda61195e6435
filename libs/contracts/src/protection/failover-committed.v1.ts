import { z } from 'zod';
import { event } from '../define.ts';

export const FailoverCommitted = event({
  context: 'protection',
  name: 'failover-committed',
  summary: 'The group now runs at its recovery site.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    committedAt: z.string(),
  }),
  sample: { groupId: 'grp-1', runId: 'run-1', committedAt: '2026-01-01T01:00:00.000Z' },
});
