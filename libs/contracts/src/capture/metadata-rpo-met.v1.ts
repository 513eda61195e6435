import { z } from 'zod';
import { event } from '../define.ts';

export const MetadataRpoMet = event({
  context: 'capture',
  name: 'metadata-rpo-met',
  summary: 'The metadata of a group is as young again as its policy asks.',
  data: z.object({ groupId: z.string(), site: z.string(), ageSeconds: z.number(), limitSeconds: z.number() }),
  sample: { groupId: 'grp-1', site: 'alpha', ageSeconds: 2, limitSeconds: 60 },
});
