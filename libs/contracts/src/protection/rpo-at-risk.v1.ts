import { z } from 'zod';
import { event } from '../define.ts';

export const RpoAtRisk = event({
  context: 'protection',
  name: 'rpo-at-risk',
  summary: 'The newest point of a group is older than its RPO, or will be: an alarm, until `rpo-kept`.',
  data: z.object({
    groupId: z.string(),
    rpoSeconds: z.number(),
    /** Of the newest sealed point; absent without one. */
    ageSeconds: z.number().optional(),
    /** How long a point takes, by the last ones. */
    expectedSeconds: z.number().optional(),
    /** For people. */
    why: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    rpoSeconds: 60,
    ageSeconds: 30,
    expectedSeconds: 75,
    why: 'A point takes 75 s, which is longer than the RPO of 60 s.',
  },
});
