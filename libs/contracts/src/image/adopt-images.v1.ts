import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { ImagesAdopted } from './images-adopted.v1.ts';

export const AdoptImages = command({
  context: 'image',
  name: 'adopt-images',
  summary:
    'Keep the image replicas of a point that a bundle names and that stand at the target as ours again. Changes nothing there.',
  data: z.object({ groupId: z.string(), runId: z.string(), pointId: z.string(), bundle: BundleRef }),
  answer: ImagesAdopted,
  sample: {
    groupId: 'grp-1',
    runId: 'run-11',
    pointId: 'pnt-1',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
  },
});
