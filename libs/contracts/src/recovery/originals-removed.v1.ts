import { z } from 'zod';
import { event } from '../define.ts';
import { NamedRef } from '../values.ts';

export const OriginalsRemoved = event({
  context: 'recovery',
  name: 'originals-removed',
  summary: 'What a fail-back has replaced at home is gone, as far as it could be removed.',
  data: z.object({
    runId: z.string(),
    removed: z.array(NamedRef),
    /** What would not go (a volume with snapshots of its user), and why: it is left to its owner. */
    left: z.array(NamedRef.extend({ why: z.string() })),
  }),
  sample: { runId: 'run-7', removed: [{ kind: 'server', id: 'srv-1', name: 'web' }], left: [] },
});
