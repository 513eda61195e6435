import { z } from 'zod';
import { command } from '../define.ts';
import { RunPlan, RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartDrill = command({
  context: 'saga',
  name: 'start-drill',
  summary:
    'Rehearse the failover of a group: bring it up at its recovery site, cut off from everything, and remove it again.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    pointId: z.string().optional(),
    /** It stands so long, unless an operator ends it before; absent: it is removed as soon as it was compared. */
    keepForSeconds: z.number().int().optional(),
    plan: RunPlan.optional(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-4', groupId: 'grp-1', keepForSeconds: 1800, reason: 'rehearsal' },
});
