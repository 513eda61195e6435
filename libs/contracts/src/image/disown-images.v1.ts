import { z } from 'zod';
import { command } from '../define.ts';
import { ImagesDisowned } from './images-disowned.v1.ts';

export const DisownImages = command({
  context: 'image',
  name: 'disown-images',
  summary:
    'Forget the image replicas of a point that was to be adopted, and leave them where they stand. Quiet when there are none.',
  data: z.object({ groupId: z.string(), pointId: z.string() }),
  answer: ImagesDisowned,
  sample: { groupId: 'grp-1', pointId: 'pnt-1' },
});
