import { z } from 'zod';
import { event } from '../define.ts';
import { Finding } from '../values.ts';

export const TargetChecked = event({
  context: 'recovery',
  name: 'target-checked',
  summary: 'The target can take the group; warnings say what will differ.',
  data: z.object({
    runId: z.string(),
    warnings: z.array(Finding),
  }),
  sample: { runId: 'run-1', warnings: [] },
});
