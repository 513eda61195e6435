import { z } from 'zod';
import { event } from '../define.ts';

export const BundleVerified = event({
  context: 'recovery',
  name: 'bundle-verified',
  summary: 'A bundle is what it was when its adoption was asked for, and can be read whole.',
  data: z.object({ groupId: z.string(), runId: z.string(), points: z.number().int() }),
  sample: { groupId: 'grp-1', runId: 'run-11', points: 1 },
});
