import { z } from 'zod';
import { request } from '../define.ts';
import { PersonName } from '../values.ts';

export const ApproveRun = request({
  context: 'protection',
  name: 'approve-run',
  summary: 'Approve a run that somebody else asked for: it is checked once more, and begins.',
  input: z.object({ runId: z.string(), by: PersonName, reason: z.string().min(1) }),
  output: z.object({ runId: z.string() }),
});
