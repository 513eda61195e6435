import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { GroupRestored } from './group-restored.v1.ts';

export const RestoreGroup = command({
  context: 'protection',
  name: 'restore-group',
  summary:
    'Keep a group as a bundle has it, with its policy and plan where they are not here, and these of its points.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    bundle: BundleRef,
    points: z.array(z.object({ pointId: z.string(), damage: z.string().optional() })),
  }),
  answer: GroupRestored,
  sample: {
    groupId: 'grp-1',
    runId: 'run-11',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
    points: [{ pointId: 'pnt-1' }],
  },
});
