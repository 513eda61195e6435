import { z } from 'zod';
import { event } from '../define.ts';
import { Finding } from '../values.ts';

export const ReadinessChanged = event({
  context: 'protection',
  name: 'readiness-changed',
  summary:
    'A group that could be failed over cannot any more, or the other way round, or for other reasons: an alarm while `ready` is false.',
  data: z.object({
    groupId: z.string(),
    ready: z.boolean(),
    /** 0 to 100. */
    score: z.number().int(),
    blockers: z.array(Finding),
  }),
  sample: {
    groupId: 'grp-1',
    ready: false,
    score: 97,
    blockers: [
      {
        code: 'flavor-missing',
        where: 'flavor m1.small (1)',
        message: 'beta has no flavor "m1.small" that it can be mapped to.',
        mend: 'Create one of that name there, or map it: --map flavor:m1.small=NAME.',
      },
    ],
  },
});
