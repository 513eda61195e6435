import { z } from 'zod';
import { event } from '../define.ts';

export const CaptureForgotten = event({
  context: 'capture',
  name: 'capture-forgotten',
  summary: 'The captured metadata of a point is no more referenced.',
  data: z.object({
    pointId: z.string(),
  }),
  sample: { pointId: 'pnt-1' },
});
