import { z } from 'zod';
import { request } from '../define.ts';
import { CommitWindow, PersonName, planOverrides, RunRequested } from '../values.ts';

export const RequestPlannedFailover = request({
  context: 'protection',
  name: 'request-planned-failover',
  summary:
    'Ask for a planned failover under an id chosen by the caller: nothing is lost, and the servers stand still from the stop to the end.',
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
