import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartAdopt = command({
  context: 'saga',
  name: 'start-adopt',
  summary: 'Rebuild the home of a group from its bundle: these points of it.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    bundle: BundleRef,
    /** Named by their ids. */
    points: z.array(z.object({ name: z.string(), damage: z.string().optional() })),
    reason: z.string(),
  }),
  answer: RunStarted,
  sample: {
    runId: 'run-11',
    groupId: 'grp-1',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
    points: [{ name: 'pnt-1' }],
    reason: 'the instance was lost',
  },
});
