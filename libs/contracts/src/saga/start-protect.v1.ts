import { z } from 'zod';
import { command } from '../define.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartProtect = command({
  context: 'saga',
  name: 'start-protect',
  summary: 'Make a recovery point of a group; the run is named after the point.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    reason: z.string(),
  }),
  answer: RunStarted,
  sample: { runId: 'pnt-1', groupId: 'grp-1', reason: 'schedule' },
});
