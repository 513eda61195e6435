import { z } from 'zod';
import { command } from '../define.ts';
import { PointDiscarded } from './point-discarded.v1.ts';

export const DiscardPoint = command({
  context: 'protection',
  name: 'discard-point',
  summary: 'Forget a recovery point; refused while a run has it pinned; quiet when there is none.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    reason: z.string(),
  }),
  answer: PointDiscarded,
  sample: { groupId: 'grp-1', pointId: 'pnt-1', reason: 'undone' },
});
