import { z } from 'zod';
import { request } from '../define.ts';
import { BundleRef, PointStanding } from '../values/adoption.ts';

export const CheckImageReplicas = request({
  context: 'image',
  name: 'check-image-replicas',
  summary:
    'Which of the image replicas that a bundle names for these points stand at the target, and what others of the same images stand there. Reads the target alone.',
  input: z.object({ bundle: BundleRef, pointIds: z.array(z.string()) }),
  output: z.object({ points: z.array(PointStanding), leftOver: z.array(z.string()) }),
});
