import { z } from 'zod';
import { event } from '../define.ts';

export const EntitiesRemoved = event({
  context: 'recovery',
  name: 'entities-removed',
  summary: 'Nothing that bears the mark of the run is left.',
  data: z.object({
    runId: z.string(),
    removed: z.number().int(),
  }),
  sample: { runId: 'run-1', removed: 30 },
});
