import { z } from 'zod';
import { request } from '../define.ts';
import { PersonName, RunRequested } from '../values.ts';

export const RequestSwitchTraffic = request({
  context: 'protection',
  name: 'request-switch-traffic',
  summary:
    'Ask for the traffic switches of the run that the group serves by, once more: those that failed, and the others too.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    ofRunId: z.string(),
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
