import { z } from 'zod';
import { command } from '../define.ts';
import { DisksDisowned } from './disks-disowned.v1.ts';

export const DisownDisks = command({
  context: 'data',
  name: 'disown-disks',
  summary:
    'Forget the disks of a point that was to be adopted, and leave their replicas where they stand. Quiet when there are none.',
  data: z.object({ groupId: z.string(), pointId: z.string() }),
  answer: DisksDisowned,
  sample: { groupId: 'grp-1', pointId: 'pnt-1' },
});
