import { z } from 'zod';
import { event } from '../define.ts';
import { RunKind } from '../values.ts';

export const GroupLocked = event({
  context: 'protection',
  name: 'group-locked',
  summary: 'A run holds the group.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** Grows with every holder; a stale holder is refused by it. */
    fenceToken: z.number().int(),
    /** What it holds the group for; answers from before this was said have none. */
    purpose: RunKind.optional(),
  }),
  sample: { groupId: 'grp-1', runId: 'run-1', fenceToken: 1, purpose: 'failover' },
});
