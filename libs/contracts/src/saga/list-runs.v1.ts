import { z } from 'zod';
import { request } from '../define.ts';
import { RunSummary } from '../values.ts';

export const ListRuns = request({
  context: 'saga',
  name: 'list-runs',
  summary: 'Runs, newest first.',
  input: z.object({ groupId: z.string().optional(), limit: z.number().int().max(500).optional() }),
  output: z.object({ runs: z.array(RunSummary) }),
});
