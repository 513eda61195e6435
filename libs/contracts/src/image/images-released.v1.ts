import { z } from 'zod';
import { event } from '../define.ts';

export const ImagesReleased = event({
  context: 'image',
  name: 'images-released',
  summary: 'No replica is kept for this point any more.',
  data: z.object({
    pointId: z.string(),
  }),
  sample: { pointId: 'pnt-1' },
});
