import { z } from 'zod';
import { command } from '../define.ts';
import { LeaksLookedFor } from './leaks-looked-for.v1.ts';

export const LookForLeaks = command({
  context: 'recovery',
  name: 'look-for-leaks',
  summary:
    'After a removal: list the whole project at the target for what bears the mark of the run; fails listing what is left.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: LeaksLookedFor,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
