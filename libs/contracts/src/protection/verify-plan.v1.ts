import { z } from 'zod';
import { request } from '../define.ts';
import { PlanView, Readiness } from '../values.ts';

export const VerifyPlan = request({
  context: 'protection',
  name: 'verify-plan',
  summary: 'Check now whether the group could be failed over by its plan; without a blocker the plan is verified.',
  input: z.object({ name: z.string() }),
  output: z.object({ plan: PlanView, readiness: Readiness }),
});
