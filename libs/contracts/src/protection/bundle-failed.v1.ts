import { z } from 'zod';
import { event } from '../define.ts';
import { Finding } from '../values.ts';

export const BundleFailed = event({
  context: 'protection',
  name: 'bundle-failed',
  summary:
    'How the newest point of a group is recovered without Lifeboat could not be written down; it is tried again. Said once for each reason.',
  data: z.object({ groupId: z.string(), pointId: z.string(), problem: Finding }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    problem: { code: 'bundle-place-not-writable', where: '/srv/bundles', message: 'cannot be written to.' },
  },
});
