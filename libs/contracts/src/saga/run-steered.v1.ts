import { z } from 'zod';
import { event } from '../define.ts';
import { SteerAction } from '../values.ts';

export const RunSteered = event({
  context: 'saga',
  name: 'run-steered',
  summary: 'The word of an operator to a run was taken.',
  data: z.object({
    runId: z.string(),
    action: SteerAction,
  }),
  sample: { runId: 'run-1', action: 'abort' },
});
