import { z } from 'zod';
import { command } from '../define.ts';
import { DiskReplica, Mappings } from '../values.ts';
import { DisksMaterialised } from './disks-materialised.v1.ts';

export const MaterialiseDisks = command({
  context: 'data',
  name: 'materialise-disks',
  summary: 'Make copies of a pinned point for a run; the replicas stay untouched, the primary is not called.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string(),
    target: z.string(),
    disks: z.array(DiskReplica),
    mappings: Mappings,
  }),
  answer: DisksMaterialised,
  sample: { groupId: 'grp-1', runId: 'run-1', pointId: 'pnt-1', target: 'beta', disks: [], mappings: {} },
});
