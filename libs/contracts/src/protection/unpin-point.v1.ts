import { z } from 'zod';
import { command } from '../define.ts';
import { PointUnpinned } from './point-unpinned.v1.ts';

export const UnpinPoint = command({
  context: 'protection',
  name: 'unpin-point',
  summary: 'Let a pinned point go; quiet when nothing was pinned.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: PointUnpinned,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
