import { z } from 'zod';
import { event } from '../define.ts';
import { ErrorBody } from '../failure.ts';
import { RunKind, RunOutcome } from '../values.ts';

export const RunEnded = event({
  context: 'saga',
  name: 'run-ended',
  summary: 'A run ended.',
  data: z.object({
    runId: z.string(),
    kind: RunKind,
    groupId: z.string(),
    outcome: RunOutcome,
    error: ErrorBody.optional(),
  }),
  sample: { runId: 'run-1', kind: 'failover', groupId: 'grp-1', outcome: 'completed' },
});
