import { z } from 'zod';
import { command } from '../define.ts';
import { Hook } from '../values.ts';
import { HooksRun } from './hooks-run.v1.ts';

export const RunHooks = command({
  context: 'recovery',
  name: 'run-hooks',
  summary:
    'Call the hooks of a wave one after the other; fails with the first that fails. A repeat calls with the same keys.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    wave: z.string(),
    when: z.enum(['before', 'after']),
    hooks: z.array(Hook),
    /** A drill: hooks are told, and some are left out. */
    isolated: z.literal(true).optional(),
  }),
  answer: HooksRun,
  sample: { groupId: 'grp-1', runId: 'run-1', wave: 'data', when: 'before', hooks: [{ command: 'open-the-books' }] },
});
