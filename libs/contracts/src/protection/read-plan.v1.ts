import { z } from 'zod';
import { request } from '../define.ts';
import { PlanView } from '../values.ts';

export const ReadPlan = request({
  context: 'protection',
  name: 'read-plan',
  summary: 'One recovery plan: its newest version, or the one named.',
  input: z.object({ name: z.string(), version: z.number().int().optional() }),
  output: z.object({ plan: PlanView }),
});
