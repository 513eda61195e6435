import { z } from 'zod';
import { event } from '../define.ts';

export const ImagesAdopted = event({
  context: 'image',
  name: 'images-adopted',
  summary: 'The image replicas of a point are kept here again.',
  data: z.object({ pointId: z.string(), images: z.number().int(), missing: z.array(z.string()) }),
  sample: { pointId: 'pnt-1', images: 2, missing: [] },
});
