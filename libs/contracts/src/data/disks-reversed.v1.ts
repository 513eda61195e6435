import { z } from 'zod';
import { event } from '../define.ts';
import { ReprotectDisk } from '../values.ts';

export const DisksReversed = event({
  context: 'data',
  name: 'disks-reversed',
  summary: 'What the first point of a group that was turned round sends of each disk, and why.',
  data: z.object({
    runId: z.string(),
    disks: z.array(ReprotectDisk),
  }),
  sample: {
    runId: 'run-6',
    disks: [
      {
        kind: 'volume',
        name: 'data',
        driver: 'block-stream',
        copy: 'deltas',
        why: 'its original stands there still',
        bytes: 1_073_741_824,
      },
    ],
  },
});
