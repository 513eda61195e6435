import { z } from 'zod';
import { event } from '../define.ts';
import { NamedRef } from '../values.ts';

export const SourceStarted = event({
  context: 'recovery',
  name: 'source-started',
  summary: 'What the run stopped at the primary runs again.',
  data: z.object({
    runId: z.string(),
    started: z.array(NamedRef),
  }),
  sample: { runId: 'run-1', started: [{ kind: 'server', id: 'srv-1', name: 'web' }] },
});
