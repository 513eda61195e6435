import { z } from 'zod';
import { request } from '../define.ts';
import { RunSummary } from '../values.ts';

export const ListRunRequests = request({
  context: 'protection',
  name: 'list-run-requests',
  summary: 'Runs that were asked for and have not begun: they await approval, were refused, or lapsed. Newest first.',
  input: z.object({ groupId: z.string().optional(), limit: z.number().int().max(500) }),
  output: z.object({ runs: z.array(RunSummary) }),
});
