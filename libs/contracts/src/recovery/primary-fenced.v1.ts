import { z } from 'zod';
import { event } from '../define.ts';
import { HookResult } from '../values.ts';

export const PrimaryFenced = event({
  context: 'recovery',
  name: 'primary-fenced',
  summary: 'All that was to fence the primary says that it serves no more.',
  data: z.object({
    runId: z.string(),
    /** Empty where the plan names nothing. */
    fenced: z.array(HookResult),
  }),
  sample: {
    runId: 'run-1',
    fenced: [{ hook: 'command power-off-alpha', outcome: 'done', at: '2026-01-01T00:00:00.000Z' }],
  },
});
