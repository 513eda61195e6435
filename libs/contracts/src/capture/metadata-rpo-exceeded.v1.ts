import { z } from 'zod';
import { event } from '../define.ts';

export const MetadataRpoExceeded = event({
  context: 'capture',
  name: 'metadata-rpo-exceeded',
  summary: 'The metadata of a group is older than its policy allows: an alarm, until `metadata-rpo-met`.',
  data: z.object({
    groupId: z.string(),
    site: z.string(),
    ageSeconds: z.number(),
    limitSeconds: z.number(),
    /** What is known of the cause, for people. */
    why: z.string(),
  }),
  sample: { groupId: 'grp-1', site: 'alpha', ageSeconds: 75, limitSeconds: 60, why: 'alpha does not answer.' },
});
