import { z } from 'zod';
import { event } from '../define.ts';

export const MemberWaiting = event({
  context: 'capture',
  name: 'member-waiting',
  summary:
    "An entity matches a group's query, and the policy lets nobody in without approval: it is not protected before somebody admits it.",
  data: z.object({ groupId: z.string(), site: z.string(), kind: z.string(), id: z.string(), name: z.string() }),
  sample: { groupId: 'grp-1', site: 'alpha', kind: 'server', id: 'srv-1', name: 'web-1' },
});
