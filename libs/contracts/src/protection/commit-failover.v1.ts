import { z } from 'zod';
import { command } from '../define.ts';
import { FailoverCommitted } from './failover-committed.v1.ts';

export const CommitFailover = command({
  context: 'protection',
  name: 'commit-failover',
  summary: 'The point of no return: the group is failed over. Refused with a stale fence token.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    fenceToken: z.number().int(),
  }),
  answer: FailoverCommitted,
  sample: { groupId: 'grp-1', runId: 'run-1', fenceToken: 1 },
});
