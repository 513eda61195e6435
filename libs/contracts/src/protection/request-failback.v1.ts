import { z } from 'zod';
import { request } from '../define.ts';
import { CommitWindow, PersonName, planOverrides, RunRequested } from '../values.ts';

export const RequestFailback = request({
  context: 'protection',
  name: 'request-failback',
  summary:
    'Ask for a fail-back under an id chosen by the caller: a planned failover of a re-protected group to its first home.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** In place of the policy's. */
    commitWindow: CommitWindow.optional(),
    ...planOverrides,
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
