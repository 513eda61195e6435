import { z } from 'zod';
import { event } from '../define.ts';

export const LeaseRenewed = event({
  context: 'protection',
  name: 'lease-renewed',
  summary: "An agent renews a group's lease again, after `lease-missed`. What it has stopped meanwhile stays stopped.",
  data: z.object({ groupId: z.string(), site: z.string(), agent: z.string() }),
  sample: { groupId: 'grp-1', site: 'alpha', agent: 'fence-1' },
});
