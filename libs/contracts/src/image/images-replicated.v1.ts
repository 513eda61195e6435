import { z } from 'zod';
import { event } from '../define.ts';
import { ImageReplica } from '../values.ts';

export const ImagesReplicated = event({
  context: 'image',
  name: 'images-replicated',
  summary: 'All images of a point stand verified at the target.',
  data: z.object({
    pointId: z.string(),
    images: z.array(ImageReplica),
  }),
  sample: { pointId: 'pnt-1', images: [] },
});
