import { z } from 'zod';
import { command } from '../define.ts';
import { DisksDiscarded } from './disks-discarded.v1.ts';

export const DiscardDisks = command({
  context: 'data',
  name: 'discard-disks',
  summary: 'Remove a point of all its disks; quiet when there is none.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    /** The primary must not be touched. */
    sourceLost: z.boolean(),
    /** It had been given up, and may be touched again: the group is protected the other way round. */
    sourceBack: z.literal(true).optional(),
  }),
  answer: DisksDiscarded,
  sample: { groupId: 'grp-1', pointId: 'pnt-1', sourceLost: false },
});
