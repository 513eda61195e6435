import { z } from 'zod';
import { command } from '../define.ts';
import { StagedRemoved } from './staged-removed.v1.ts';

export const RemoveStaged = command({
  context: 'recovery',
  name: 'remove-staged',
  summary:
    'Remove what stands staged of a group at a target and serves no run, found by ledger and mark; or what a run took up that has let it go. Quiet when there is nothing; fails listing what is left.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    of: z.union([z.object({ target: z.string() }), z.object({ takenUpBy: z.string() })]),
  }),
  answer: StagedRemoved,
  sample: { groupId: 'grp-1', runId: 'run-10', of: { target: 'beta' } },
});
