import { z } from 'zod';
import { event } from '../define.ts';

export const GroupUnlocked = event({
  context: 'protection',
  name: 'group-unlocked',
  summary: 'The run holds the group no more.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
