import { z } from 'zod';
import { event } from '../define.ts';
import { DiskCopy } from '../values.ts';

export const DisksMaterialised = event({
  context: 'data',
  name: 'disks-materialised',
  summary: 'A copy of every disk of the point stands at the target.',
  data: z.object({
    runId: z.string(),
    copies: z.array(DiskCopy),
  }),
  sample: { runId: 'run-1', copies: [] },
});
