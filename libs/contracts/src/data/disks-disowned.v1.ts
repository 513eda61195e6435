import { z } from 'zod';
import { event } from '../define.ts';

export const DisksDisowned = event({
  context: 'data',
  name: 'disks-disowned',
  summary:
    'Nothing is known here any more of the disks of a point that was to be adopted; their replicas stand as they did.',
  data: z.object({ pointId: z.string() }),
  sample: { pointId: 'pnt-1' },
});
