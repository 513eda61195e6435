import { z } from 'zod';
import { event } from '../define.ts';
import { NamedRef } from '../values.ts';

export const SourceStopped = event({
  context: 'recovery',
  name: 'source-stopped',
  summary: 'No server of the group runs at the primary.',
  data: z.object({
    runId: z.string(),
    /** Those that ran, and were stopped by this run. */
    stopped: z.array(NamedRef),
    /** ISO 8601. */
    stoppedAt: z.string(),
  }),
  sample: {
    runId: 'run-1',
    stopped: [{ kind: 'server', id: 'srv-1', name: 'web' }],
    stoppedAt: '2026-01-01T00:00:05.000Z',
  },
});
