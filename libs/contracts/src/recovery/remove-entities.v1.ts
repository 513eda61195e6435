import { z } from 'zod';
import { command } from '../define.ts';
import { EntitiesRemoved } from './entities-removed.v1.ts';

export const RemoveEntities = command({
  context: 'recovery',
  name: 'remove-entities',
  summary:
    'Remove what a run recreated, found by ledger and mark; quiet when there is nothing; fails listing what is left.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: EntitiesRemoved,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
