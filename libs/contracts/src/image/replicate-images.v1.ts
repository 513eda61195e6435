import { z } from 'zod';
import { command } from '../define.ts';
import { ImageRef } from '../values.ts';
import { ImagesReplicated } from './images-replicated.v1.ts';

export const ReplicateImages = command({
  context: 'image',
  name: 'replicate-images',
  summary: 'Make images available at the target: copied, verified and de-duplicated by hash.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    source: z.string(),
    target: z.string(),
    images: z.array(ImageRef),
  }),
  answer: ImagesReplicated,
  sample: { groupId: 'grp-1', pointId: 'pnt-1', source: 'alpha', target: 'beta', images: [] },
});
