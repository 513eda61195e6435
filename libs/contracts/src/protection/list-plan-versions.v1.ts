import { z } from 'zod';
import { request } from '../define.ts';
import { PlanVersion } from '../values.ts';

export const ListPlanVersions = request({
  context: 'protection',
  name: 'list-plan-versions',
  summary: 'Every version that a recovery plan ever had, newest first.',
  input: z.object({ name: z.string() }),
  output: z.object({ versions: z.array(PlanVersion) }),
});
