import { z } from 'zod';
import { event } from '../define.ts';

export const DisksDiscarded = event({
  context: 'data',
  name: 'disks-discarded',
  summary: 'Nothing of the point is left but what other points need.',
  data: z.object({
    pointId: z.string(),
  }),
  sample: { pointId: 'pnt-1' },
});
