import { z } from 'zod';
import { command } from '../define.ts';
import { ImagesReleased } from './images-released.v1.ts';

export const ReleaseImages = command({
  context: 'image',
  name: 'release-images',
  summary: 'A point needs its image replicas no more; those nobody needs are removed. Quiet when there are none.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    /** A run's workload stands on them: they are kept in this name, until it is released as a point is. */
    keptBy: z.string().optional(),
  }),
  answer: ImagesReleased,
  sample: { groupId: 'grp-1', pointId: 'pnt-1' },
});
