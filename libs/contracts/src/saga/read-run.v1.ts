import { z } from 'zod';
import { request } from '../define.ts';
import { RunDetail } from '../values.ts';

export const ReadRun = request({
  context: 'saga',
  name: 'read-run',
  summary: 'One run with its steps.',
  input: z.object({ runId: z.string() }),
  output: z.object({ run: RunDetail }),
});
