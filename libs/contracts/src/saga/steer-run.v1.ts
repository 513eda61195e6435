import { z } from 'zod';
import { request } from '../define.ts';
import { SteerAction } from '../values.ts';

export const SteerRun = request({
  context: 'saga',
  name: 'steer-run',
  summary: 'An operator aborts a run (undone before its pivot), retries what failed, or gives up.',
  input: z.object({ runId: z.string(), action: SteerAction, by: z.string() }),
  output: z.object({ runId: z.string(), action: SteerAction }),
});
