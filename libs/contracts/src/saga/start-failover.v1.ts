import { z } from 'zod';
import { command } from '../define.ts';
import { CommitWindow, RunPlan, RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartFailover = command({
  context: 'saga',
  name: 'start-failover',
  summary: 'Bring a group up at its recovery site, the primary being lost.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    pointId: z.string().optional(),
    commitWindow: CommitWindow.optional(),
    plan: RunPlan.optional(),
    /** Its recovery site is the group's first home: what stands there of the group comes back. */
    home: z.literal(true).optional(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-1', groupId: 'grp-1', reason: 'primary lost' },
});
