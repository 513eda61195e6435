import { z } from 'zod';
import { event } from '../define.ts';
import { CaptureReport, Disk, ImageRef } from '../values.ts';

export const GroupCaptured = event({
  context: 'capture',
  name: 'group-captured',
  summary: 'The metadata of a group was captured.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    /** Content address of the topology. */
    metadata: z.string(),
    entities: z.number().int(),
    disks: z.array(Disk),
    images: z.array(ImageRef),
    report: CaptureReport,
  }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    metadata: 'sha256:00',
    entities: 12,
    disks: [],
    images: [],
    report: { missing: [], unseen: [], absentServices: [], notCarried: [] },
  },
});
