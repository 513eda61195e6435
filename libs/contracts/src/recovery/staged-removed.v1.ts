import { z } from 'zod';
import { event } from '../define.ts';

export const StagedRemoved = event({
  context: 'recovery',
  name: 'staged-removed',
  summary: 'Nothing that bears the mark of the stage is left.',
  data: z.object({
    runId: z.string(),
    removed: z.number().int(),
  }),
  sample: { runId: 'run-10', removed: 20 },
});
