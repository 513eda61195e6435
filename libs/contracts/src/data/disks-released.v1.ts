import { z } from 'zod';
import { event } from '../define.ts';

export const DisksReleased = event({
  context: 'data',
  name: 'disks-released',
  summary: 'The copies of the run are gone.',
  data: z.object({
    runId: z.string(),
  }),
  sample: { runId: 'run-1' },
});
