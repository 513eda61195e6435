import { z } from 'zod';
import { event } from '../define.ts';
import { Consistency, DiskReplica, Fence, ImageReplica, Loss, Mappings, PlanWave, TrafficSwitch } from '../values.ts';

export const PointPinned = event({
  context: 'protection',
  name: 'point-pinned',
  summary: 'A run serves from this recovery point; it is kept until unpinned.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string(),
    primary: z.string(),
    recovery: z.string(),
    metadata: z.string(),
    images: z.array(ImageReplica),
    disks: z.array(DiskReplica),
    mappings: Mappings,
    requestedAt: z.string(),
    consistency: Consistency,
    /** Last proof of life of the primary minus requestedAt, in seconds: what is lost. */
    rpoSeconds: z.number(),
    /** Absent in answers from before it was told. */
    loss: Loss.optional(),
    /** Of the plan that the run goes by, where there is one. */
    planWaves: z.array(PlanWave).optional(),
    planTraffic: z.array(TrafficSwitch).optional(),
    planFence: z.array(Fence).optional(),
  }),
  sample: {
    groupId: 'grp-1',
    runId: 'run-1',
    pointId: 'pnt-1',
    primary: 'alpha',
    recovery: 'beta',
    metadata: 'sha256:00',
    images: [],
    disks: [],
    mappings: {},
    requestedAt: '2026-01-01T00:00:10.000Z',
    consistency: { level: 'crash-per-disk' },
    rpoSeconds: 12.5,
  },
});
