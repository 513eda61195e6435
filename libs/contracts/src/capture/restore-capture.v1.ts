import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { CaptureRestored } from './capture-restored.v1.ts';

export const RestoreCapture = command({
  context: 'capture',
  name: 'restore-capture',
  summary: 'Keep what was captured for a point as a bundle has it. Calls no cloud.',
  data: z.object({ groupId: z.string(), runId: z.string(), pointId: z.string(), bundle: BundleRef }),
  answer: CaptureRestored,
  sample: {
    groupId: 'grp-1',
    runId: 'run-11',
    pointId: 'pnt-1',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
  },
});
