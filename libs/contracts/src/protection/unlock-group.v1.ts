import { z } from 'zod';
import { command } from '../define.ts';
import { GroupUnlocked } from './group-unlocked.v1.ts';

export const UnlockGroup = command({
  context: 'protection',
  name: 'unlock-group',
  summary: 'Let the group go; quiet when the run never held it.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: GroupUnlocked,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
