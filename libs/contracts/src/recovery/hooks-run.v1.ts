import { z } from 'zod';
import { event } from '../define.ts';
import { HookResult } from '../values.ts';

export const HooksRun = event({
  context: 'recovery',
  name: 'hooks-run',
  summary: 'The hooks of a wave were called, and all said that it was done.',
  data: z.object({
    runId: z.string(),
    hooks: z.array(HookResult),
  }),
  sample: {
    runId: 'run-1',
    hooks: [{ hook: 'command open-the-books', outcome: 'done', at: '2026-01-01T00:00:00.000Z' }],
  },
});
