import { z } from 'zod';
import { command } from '../define.ts';
import { CommitWindow, RunPlan, RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartFailback = command({
  context: 'saga',
  name: 'start-failback',
  summary:
    'Bring a group home without loss: a planned failover to its first home, where what still stands of it serves again.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    commitWindow: CommitWindow.optional(),
    plan: RunPlan.optional(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-7', groupId: 'grp-1', reason: 'the first site is renewed' },
});
