import { z } from 'zod';
import { command } from '../define.ts';
import { CommitWindow, RunPlan, RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartPlannedFailover = command({
  context: 'saga',
  name: 'start-planned-failover',
  summary:
    'Move a group to its recovery site without loss, its primary being there: stop its servers, make a last point, serve from it.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    commitWindow: CommitWindow.optional(),
    plan: RunPlan.optional(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-5', groupId: 'grp-1', reason: 'the primary is being renewed' },
});
