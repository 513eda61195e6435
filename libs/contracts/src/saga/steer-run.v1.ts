import { z } from 'zod';
import { command } from '../define.ts';
import { SteerAction } from '../values.ts';
import { RunSteered } from './run-steered.v1.ts';

export const SteerRun = command({
  context: 'saga',
  name: 'steer-run',
  summary: 'An operator aborts a run (undone before its pivot), retries what failed, or gives up.',
  data: z.object({
    runId: z.string(),
    action: SteerAction,
    by: z.string(),
  }),
  answer: RunSteered,
  sample: { runId: 'run-1', action: 'abort', by: 'operator' },
});
