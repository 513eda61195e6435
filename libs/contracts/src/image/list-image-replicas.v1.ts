import { z } from 'zod';
import { request } from '../define.ts';
import { ImageReplica } from '../values.ts';

export const ListImageReplicas = request({
  context: 'image',
  name: 'list-image-replicas',
  summary: 'The image replicas at a site.',
  input: z.object({ site: z.string() }),
  output: z.object({ replicas: z.array(ImageReplica) }),
});
