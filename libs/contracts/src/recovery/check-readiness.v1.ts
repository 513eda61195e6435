import { z } from 'zod';
import { request } from '../define.ts';
import {
  DiskReplica,
  Fence,
  Finding,
  ImageReplica,
  Mappings,
  PlanWave,
  ResolvedWave,
  TrafficSwitch,
} from '../values.ts';

export const CheckReadiness = request({
  context: 'recovery',
  name: 'check-readiness',
  summary:
    'What a failover from this point would be refused for now, and what it would leave out. Makes nothing; may be asked at any time.',
  input: z.object({
    groupId: z.string(),
    source: z.string(),
    target: z.string(),
    metadata: z.string(),
    images: z.array(ImageReplica),
    disks: z.array(DiskReplica),
    mappings: Mappings,
    waves: z.array(PlanWave).optional(),
    traffic: z.array(TrafficSwitch).optional(),
    fence: z.array(Fence).optional(),
  }),
  output: z.object({
    /** How many things were looked at. */
    checks: z.number().int(),
    blockers: z.array(Finding),
    warnings: z.array(Finding),
    waves: z.array(ResolvedWave).optional(),
  }),
});
