import { z } from 'zod';
import { event } from '../define.ts';
import { RunKind } from '../values.ts';

export const RunStarted = event({
  context: 'saga',
  name: 'run-started',
  summary: 'A run began.',
  data: z.object({
    runId: z.string(),
    kind: RunKind,
    groupId: z.string(),
  }),
  sample: { runId: 'run-1', kind: 'failover', groupId: 'grp-1' },
});
