import { z } from 'zod';
import { command } from '../define.ts';
import { DiskReplica, Fence, ImageReplica, Mappings, PlanWave, TrafficSwitch } from '../values.ts';
import { TargetChecked } from './target-checked.v1.ts';

export const CheckTarget = command({
  context: 'recovery',
  name: 'check-target',
  summary:
    'Check quotas, flavors, networks, types, zones and images at the target before anything is made; refused with target-not-ready listing every blocker.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    source: z.string(),
    target: z.string(),
    metadata: z.string(),
    images: z.array(ImageReplica),
    disks: z.array(DiskReplica),
    mappings: Mappings,
    /** A drill: nothing of it may reach anything outside of it. */
    isolated: z.literal(true).optional(),
    /** Of the plan that the run goes by. */
    waves: z.array(PlanWave).optional(),
    /** Of that plan, too: looked at, and not switched. */
    traffic: z.array(TrafficSwitch).optional(),
    fence: z.array(Fence).optional(),
    /** The run leads home: what stands at the target of the group, its first home, comes back. */
    home: z.literal(true).optional(),
    /** What a run that leads home leaves is lost: nothing there is called. */
    lost: z.literal(true).optional(),
    /** What stands staged of the group at the target serves. */
    staged: z.literal(true).optional(),
  }),
  answer: TargetChecked,
  sample: {
    groupId: 'grp-1',
    runId: 'run-1',
    source: 'alpha',
    target: 'beta',
    metadata: 'sha256:00',
    images: [],
    disks: [],
    mappings: {},
  },
});
