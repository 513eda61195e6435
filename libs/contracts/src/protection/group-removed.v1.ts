import { z } from 'zod';
import { event } from '../define.ts';

export const GroupRemoved = event({
  context: 'protection',
  name: 'group-removed',
  summary: 'The protection of a group has ended: its primary is watched no more for its sake.',
  data: z.object({ groupId: z.string() }),
  sample: { groupId: 'grp-1' },
});
