import { z } from 'zod';
import { event } from '../define.ts';
import { NamedRef, ServedByBoth } from '../values.ts';

export const SourceQuarantined = event({
  context: 'recovery',
  name: 'source-quarantined',
  summary: 'No server of the group runs any more at the site that it has left.',
  data: z.object({
    runId: z.string(),
    /** Those that ran, and were stopped by this run. */
    stopped: z.array(NamedRef),
    /** Those that are not there any more. */
    gone: z.number().int(),
    /** Empty when none was found running. */
    servedByBoth: z.array(ServedByBoth),
    /** Of the group's there; where they were to be set down. */
    portsDown: z.number().int().optional(),
  }),
  sample: {
    runId: 'run-6',
    stopped: [{ kind: 'server', id: 'srv-1', name: 'web' }],
    gone: 1,
    servedByBoth: [
      {
        kind: 'server',
        id: 'srv-1',
        name: 'web',
        from: '2026-01-01T01:00:00.000Z',
        until: '2026-01-02T00:00:00.000Z',
      },
    ],
  },
});
