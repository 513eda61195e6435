import { z } from 'zod';
import { event } from '../define.ts';

export const RpoKept = event({
  context: 'protection',
  name: 'rpo-kept',
  summary: 'The RPO of a group is at risk no more.',
  data: z.object({ groupId: z.string(), rpoSeconds: z.number() }),
  sample: { groupId: 'grp-1', rpoSeconds: 60 },
});
