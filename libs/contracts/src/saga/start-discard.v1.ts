import { z } from 'zod';
import { command } from '../define.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartDiscard = command({
  context: 'saga',
  name: 'start-discard',
  summary: 'Remove a recovery point everywhere.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    pointId: z.string(),
    reason: z.string(),
    /** The primary of that point had been given up, and may be touched again. */
    sourceBack: z.literal(true).optional(),
    /** A run's workload stands on its images: they are kept in this name. */
    imagesKeptBy: z.string().optional(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-3', groupId: 'grp-1', pointId: 'pnt-1', reason: 'kept no longer' },
});
