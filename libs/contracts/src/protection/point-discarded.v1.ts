import { z } from 'zod';
import { event } from '../define.ts';

export const PointDiscarded = event({
  context: 'protection',
  name: 'point-discarded',
  summary: 'A recovery point is no more.',
  data: z.object({
    pointId: z.string(),
  }),
  sample: { pointId: 'pnt-1' },
});
