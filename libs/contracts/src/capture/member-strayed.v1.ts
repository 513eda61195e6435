import { z } from 'zod';
import { event } from '../define.ts';

export const MemberStrayed = event({
  context: 'capture',
  name: 'member-strayed',
  summary:
    "A member matches its group's query no more. `kept`: it stays protected until it is released; otherwise it was deleted at the site.",
  data: z.object({
    groupId: z.string(),
    site: z.string(),
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    kept: z.boolean(),
  }),
  sample: { groupId: 'grp-1', site: 'alpha', kind: 'server', id: 'srv-1', name: 'web-1', kept: true },
});
