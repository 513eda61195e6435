import { z } from 'zod';
import { request } from '../define.ts';
import { PersonName, RunRequested } from '../values.ts';

export const RequestCleanup = request({
  context: 'protection',
  name: 'request-cleanup',
  summary: 'Ask to remove what a run made at the target.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    ofRunId: z.string(),
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
