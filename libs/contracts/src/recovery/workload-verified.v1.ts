import { z } from 'zod';
import { event } from '../define.ts';
import { FieldTotals } from '../values.ts';

export const WorkloadVerified = event({
  context: 'recovery',
  name: 'workload-verified',
  summary: 'The recovered workload was compared with the captured one.',
  data: z.object({
    runId: z.string(),
    fields: FieldTotals,
    orphans: z.number().int(),
    doubles: z.number().int(),
  }),
  sample: {
    runId: 'run-1',
    fields: { compared: 10, carried: 8, mapped: 1, dropped: 1, unexplained: 0 },
    orphans: 0,
    doubles: 0,
  },
});
