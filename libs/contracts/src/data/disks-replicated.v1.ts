import { z } from 'zod';
import { event } from '../define.ts';
import { Consistency, DiskReplica } from '../values.ts';

export const DisksReplicated = event({
  context: 'data',
  name: 'disks-replicated',
  summary: 'Every disk of a point stands at the target.',
  data: z.object({
    pointId: z.string(),
    disks: z.array(DiskReplica),
    consistency: Consistency,
    /** When the first snapshot was requested. */
    requestedAt: z.string(),
    bytes: z.number(),
  }),
  sample: {
    pointId: 'pnt-1',
    disks: [],
    consistency: { level: 'crash-across-group', skewMs: 120 },
    requestedAt: '2026-01-01T00:00:10.000Z',
    bytes: 0,
  },
});
