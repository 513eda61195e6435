import { z } from 'zod';
import { event } from '../define.ts';

export const ImagesDisowned = event({
  context: 'image',
  name: 'images-disowned',
  summary:
    'Nothing is known here any more of the image replicas of a point that was to be adopted; they stand as they did.',
  data: z.object({ pointId: z.string() }),
  sample: { pointId: 'pnt-1' },
});
