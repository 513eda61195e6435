import { z } from 'zod';
import { command } from '../define.ts';
import { Disk, DriverRule, Quiesce } from '../values.ts';
import { DisksReplicated } from './disks-replicated.v1.ts';

export const ReplicateDisks = command({
  context: 'data',
  name: 'replicate-disks',
  summary: 'Take one point of all disks of a group and carry it to the target.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    source: z.string(),
    target: z.string(),
    disks: z.array(Disk),
    rules: z.array(DriverRule),
    quiesce: Quiesce.optional(),
  }),
  answer: DisksReplicated,
  sample: { groupId: 'grp-1', pointId: 'pnt-1', source: 'alpha', target: 'beta', disks: [], rules: [] },
});
