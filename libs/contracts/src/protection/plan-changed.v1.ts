import { z } from 'zod';
import { event } from '../define.ts';

export const PlanChanged = event({
  context: 'protection',
  name: 'plan-changed',
  summary:
    'A recovery plan has a new version or was removed, or what it covers has changed since it was verified: it needs verification.',
  data: z.object({
    name: z.string(),
    groupId: z.string(),
    version: z.number().int(),
    what: z.enum(['applied', 'drifted', 'removed']),
    /** Of a drift: what is other than it was. */
    why: z.string().optional(),
    by: z.string().optional(),
  }),
  sample: { name: 'shop', groupId: 'grp-1', version: 2, what: 'applied', by: 'operator' },
});
