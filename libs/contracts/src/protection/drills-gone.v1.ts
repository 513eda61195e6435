import { z } from 'zod';
import { event } from '../define.ts';

export const DrillsGone = event({
  context: 'protection',
  name: 'drills-gone',
  summary: 'No drill of the group is in the way of a run, or none is waited for any longer.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** Drills that had not been removed when the wait was over. */
    stillThere: z.array(z.string()),
  }),
  sample: { groupId: 'grp-1', runId: 'run-1', stillThere: [] },
});
