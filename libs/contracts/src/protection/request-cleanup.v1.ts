import { z } from 'zod';
import { request } from '../define.ts';

export const RequestCleanup = request({
  context: 'protection',
  name: 'request-cleanup',
  summary: 'Ask to remove what a run made at the target.',
  input: z.object({ groupId: z.string(), runId: z.string(), ofRunId: z.string(), reason: z.string() }),
  output: z.object({ runId: z.string() }),
});
