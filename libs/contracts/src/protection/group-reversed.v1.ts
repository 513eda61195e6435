import { z } from 'zod';
import { event } from '../define.ts';

export const GroupReversed = event({
  context: 'protection',
  name: 'group-reversed',
  summary: 'The group is protected the other way round: the site that was given up may be called again.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    primary: z.string(),
    recovery: z.string(),
    /** ISO 8601. */
    reversedAt: z.string(),
    /** Points of the former direction: nothing serves from them any more. */
    discarded: z.array(z.string()),
    /** Those that another run has pinned: discarded as soon as it lets them go. */
    kept: z.array(z.string()),
  }),
  sample: {
    groupId: 'grp-1',
    runId: 'run-6',
    primary: 'beta',
    recovery: 'alpha',
    reversedAt: '2026-01-02T00:00:00.000Z',
    discarded: ['pnt-1'],
    kept: [],
  },
});
