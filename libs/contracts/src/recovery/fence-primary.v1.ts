import { z } from 'zod';
import { command } from '../define.ts';
import { Fence } from '../values.ts';
import { PrimaryFenced } from './primary-fenced.v1.ts';

export const FencePrimary = command({
  context: 'recovery',
  name: 'fence-primary',
  summary:
    'Make sure, without a call to its API, that a primary which is given up for lost serves no more: by all that the plan names, in order. A repeat calls with the same keys.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    site: z.string(),
    fence: z.array(Fence),
  }),
  answer: PrimaryFenced,
  sample: { groupId: 'grp-1', runId: 'run-1', site: 'alpha', fence: [{ command: 'power-off-alpha' }] },
});
