import { z } from 'zod';
import { request } from '../define.ts';
import { PlanName, PlanView } from '../values.ts';

export const PutPlan = request({
  context: 'protection',
  name: 'put-plan',
  summary: 'Store a recovery plan as a new version, or none when it says the same as the newest.',
  input: z.object({
    name: PlanName,
    /** The document as given, YAML or JSON. */
    text: z.string().max(64 * 1024),
    by: z.string().max(100),
  }),
  output: z.object({ plan: PlanView, fresh: z.boolean() }),
});
