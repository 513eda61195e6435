import { z } from 'zod';
import { event } from '../define.ts';
import { PlanVerifiedBy } from '../values.ts';

export const PlanVerified = event({
  context: 'protection',
  name: 'plan-verified',
  summary: 'A recovery plan was verified: by a readiness check that somebody asked for, or by a drill.',
  data: z.object({
    name: z.string(),
    groupId: z.string(),
    version: z.number().int(),
    by: PlanVerifiedBy,
    /** The drill. */
    runId: z.string().optional(),
  }),
  sample: { name: 'shop', groupId: 'grp-1', version: 2, by: 'drill', runId: 'run-4' },
});
