import { z } from 'zod';
import { command } from '../define.ts';
import { DisksReleased } from './disks-released.v1.ts';

export const ReleaseDisks = command({
  context: 'data',
  name: 'release-disks',
  summary: 'Remove the copies that a run was given; quiet when there are none.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: DisksReleased,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
