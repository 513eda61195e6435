import { z } from 'zod';
import { event } from '../define.ts';

export const GroupRestored = event({
  context: 'protection',
  name: 'group-restored',
  summary: 'A group was rebuilt from a bundle, with its points: it is protected here.',
  data: z.object({ groupId: z.string(), runId: z.string(), restoredAt: z.string(), points: z.array(z.string()) }),
  sample: { groupId: 'grp-1', runId: 'run-11', restoredAt: '2026-01-02T00:00:00.000Z', points: ['pnt-1'] },
});
