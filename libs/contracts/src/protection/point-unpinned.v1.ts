import { z } from 'zod';
import { event } from '../define.ts';

export const PointUnpinned = event({
  context: 'protection',
  name: 'point-unpinned',
  summary: 'The run needs the point no more.',
  data: z.object({
    runId: z.string(),
  }),
  sample: { runId: 'run-1' },
});
