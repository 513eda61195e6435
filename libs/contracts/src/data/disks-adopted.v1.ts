import { z } from 'zod';
import { event } from '../define.ts';

export const DisksAdopted = event({
  context: 'data',
  name: 'disks-adopted',
  summary: 'The replicas of the disks of a point are kept here again.',
  data: z.object({ pointId: z.string(), disks: z.number().int(), missing: z.array(z.string()) }),
  sample: { pointId: 'pnt-1', disks: 3, missing: [] },
});
