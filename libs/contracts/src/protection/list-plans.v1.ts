import { z } from 'zod';
import { request } from '../define.ts';
import { PlanSummary } from '../values.ts';

export const ListPlans = request({
  context: 'protection',
  name: 'list-plans',
  summary: 'All recovery plans.',
  input: z.object({}),
  output: z.object({ plans: z.array(PlanSummary) }),
});
