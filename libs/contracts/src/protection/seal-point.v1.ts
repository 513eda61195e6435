import { z } from 'zod';
import { command } from '../define.ts';
import { Consistency, DiskReplica, ImageReplica } from '../values.ts';
import { PointSealed } from './point-sealed.v1.ts';

export const SealPoint = command({
  context: 'protection',
  name: 'seal-point',
  summary: 'Seal a recovery point with what the other services made of it.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    /** Digest of the captured topology. */
    metadata: z.string(),
    images: z.array(ImageReplica),
    disks: z.array(DiskReplica),
    consistency: Consistency,
    requestedAt: z.string(),
  }),
  answer: PointSealed,
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    metadata: 'sha256:00',
    images: [],
    disks: [],
    consistency: { level: 'crash-across-group', skewMs: 120 },
    requestedAt: '2026-01-01T00:00:10.000Z',
  },
});
