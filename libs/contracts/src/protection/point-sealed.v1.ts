import { z } from 'zod';
import { event } from '../define.ts';
import { Consistency } from '../values.ts';

export const PointSealed = event({
  context: 'protection',
  name: 'point-sealed',
  summary: 'A recovery point is complete: metadata, images and every disk are in place.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    sealedAt: z.string(),
    /** When the first snapshot was requested: from here RPO is counted. */
    requestedAt: z.string(),
    consistency: Consistency,
  }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    sealedAt: '2026-01-01T00:01:00.000Z',
    requestedAt: '2026-01-01T00:00:10.000Z',
    consistency: { level: 'crash-across-group', skewMs: 120 },
  },
});
