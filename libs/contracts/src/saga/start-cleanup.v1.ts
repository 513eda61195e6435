import { z } from 'zod';
import { command } from '../define.ts';
import { RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartCleanup = command({
  context: 'saga',
  name: 'start-cleanup',
  summary: 'Remove what an earlier run made at the target.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    /** The run whose traces are removed. */
    ofRunId: z.string(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-2', groupId: 'grp-1', ofRunId: 'run-1', reason: 'drill over' },
});
