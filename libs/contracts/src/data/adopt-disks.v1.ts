import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { DisksAdopted } from './disks-adopted.v1.ts';

export const AdoptDisks = command({
  context: 'data',
  name: 'adopt-disks',
  summary:
    'Keep the replicas of the disks of a point that a bundle names as ours again; those of which something is gone as damaged. Changes nothing at the target.',
  data: z.object({ groupId: z.string(), runId: z.string(), pointId: z.string(), bundle: BundleRef }),
  answer: DisksAdopted,
  sample: {
    groupId: 'grp-1',
    runId: 'run-11',
    pointId: 'pnt-1',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
  },
});
