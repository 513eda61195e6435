import { z } from 'zod';
import { event } from '../define.ts';

export const MemberJoined = event({
  context: 'capture',
  name: 'member-joined',
  summary: "An entity matches a group's query and is a member from now on: the next recovery point holds it.",
  data: z.object({ groupId: z.string(), site: z.string(), kind: z.string(), id: z.string(), name: z.string() }),
  sample: { groupId: 'grp-1', site: 'alpha', kind: 'server', id: 'srv-1', name: 'web-1' },
});
