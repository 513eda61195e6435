import { z } from 'zod';
import { command } from '../define.ts';
import { RunKind } from '../values.ts';
import { GroupLocked } from './group-locked.v1.ts';

export const LockGroup = command({
  context: 'protection',
  name: 'lock-group',
  summary: 'Give one run the group for itself; refused with run-in-progress while another run holds it.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    purpose: RunKind,
  }),
  answer: GroupLocked,
  sample: { groupId: 'grp-1', runId: 'run-1', purpose: 'failover' },
});
