import { z } from 'zod';
import { event } from '../define.ts';

export const LeaseMissed = event({
  context: 'protection',
  name: 'lease-missed',
  summary:
    "An agent has not renewed a group's lease in its time: an alarm, until `lease-renewed`. Where it still lives, it stops the group's servers now.",
  data: z.object({
    groupId: z.string(),
    site: z.string(),
    agent: z.string(),
    ttlSeconds: z.number().int(),
    grantedAt: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    site: 'alpha',
    agent: 'fence-1',
    ttlSeconds: 60,
    grantedAt: '2026-01-01T00:00:00.000Z',
  },
});
