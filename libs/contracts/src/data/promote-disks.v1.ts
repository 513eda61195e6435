import { z } from 'zod';
import { command } from '../define.ts';
import { DiskReplica } from '../values.ts';
import { DisksPromoted } from './disks-promoted.v1.ts';

export const PromoteDisks = command({
  context: 'data',
  name: 'promote-disks',
  summary:
    'After the commit: make the target authoritative for the disks of which no copy serves, since their driver has no rollback. The primary is called only when planned.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string(),
    target: z.string(),
    disks: z.array(DiskReplica),
    /** The primary, when it still answers and its servers are stopped. */
    plannedFrom: z.string().optional(),
  }),
  answer: DisksPromoted,
  sample: { groupId: 'grp-1', runId: 'run-1', pointId: 'pnt-1', target: 'beta', disks: [] },
});
