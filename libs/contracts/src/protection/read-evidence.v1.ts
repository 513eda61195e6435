import { z } from 'zod';
import { request } from '../define.ts';
import { Evidence } from '../values.ts';

export const ReadEvidence = request({
  context: 'protection',
  name: 'read-evidence',
  summary: 'What was recorded of a run when it had ended.',
  input: z.object({ runId: z.string() }),
  output: z.object({ evidence: Evidence }),
});
