import { z } from 'zod';
import { request } from '../define.ts';

export const CompilePlan = request({
  context: 'protection',
  name: 'compile-plan',
  summary: 'The exact API calls by which a plan would recover the newest point of its group. Makes nothing.',
  input: z.object({ name: z.string(), version: z.number().int().min(1).optional() }),
  output: z.object({ script: z.json() }),
});
