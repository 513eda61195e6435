import { z } from 'zod';
import { command } from '../define.ts';
import { RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartSwitchTraffic = command({
  context: 'saga',
  name: 'start-switch-traffic',
  summary: 'Do the traffic switches of a committed run again.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    /** The run by which the group serves where it does. */
    ofRunId: z.string(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-8', groupId: 'grp-1', ofRunId: 'run-1', reason: 'the DNS server is there again' },
});
