import { z } from 'zod';
import { request } from '../define.ts';
import { RunDetail } from '../values.ts';

export const ReadRunRequest = request({
  context: 'protection',
  name: 'read-run-request',
  summary: 'One run that was asked for and has not begun; none when there is no such run, or it was approved.',
  input: z.object({ runId: z.string() }),
  output: z.object({ run: RunDetail.optional() }),
});
