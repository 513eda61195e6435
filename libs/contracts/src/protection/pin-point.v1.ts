import { z } from 'zod';
import { command } from '../define.ts';
import { RunPlan } from '../values.ts';
import { PointPinned } from './point-pinned.v1.ts';

export const PinPoint = command({
  context: 'protection',
  name: 'pin-point',
  summary: 'Pin a sealed recovery point for a run: the one named, else the newest.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string().optional(),
    /** For a drill: refused while a run has the group. */
    rehearsal: z.literal(true).optional(),
    /** Nothing was written at the primary since the point: its servers had been stopped. */
    sourceStopped: z.literal(true).optional(),
    /** Whose mappings are used, and whose waves are answered. */
    plan: RunPlan.optional(),
  }),
  answer: PointPinned,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
