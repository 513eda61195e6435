import { z } from 'zod';
import { event } from '../define.ts';
import { ProbeResult } from '../values.ts';

export const WaveProbed = event({
  context: 'recovery',
  name: 'wave-probed',
  summary: 'Every probe of a wave has passed, or was skipped for a reason that it says.',
  data: z.object({
    runId: z.string(),
    probes: z.array(ProbeResult),
  }),
  sample: {
    runId: 'run-1',
    probes: [{ server: 'db-1', probe: 'tcp 5432', outcome: 'passed', at: '2026-01-01T00:00:00.000Z' }],
  },
});
