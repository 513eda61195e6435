import { z } from 'zod';
import { command } from '../define.ts';
import { Members } from '../values.ts';
import { GroupCaptured } from './group-captured.v1.ts';

export const CaptureGroup = command({
  context: 'capture',
  name: 'capture-group',
  summary: 'Capture the metadata of a group and all it depends on, as it is now.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    site: z.string(),
    members: Members,
    serverRoot: z.enum(['snapshot', 'image']),
  }),
  answer: GroupCaptured,
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    site: 'alpha',
    members: { ids: [{ kind: 'server', id: 'srv-1' }] },
    serverRoot: 'snapshot',
  },
});
