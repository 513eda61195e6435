import { z } from 'zod';
import { command } from '../define.ts';
import { PointOpened } from './point-opened.v1.ts';

export const OpenPoint = command({
  context: 'protection',
  name: 'open-point',
  summary: 'Begin a recovery point of a group.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
  }),
  answer: PointOpened,
  sample: { groupId: 'grp-1', pointId: 'pnt-1' },
});
