import { z } from 'zod';
import { event } from '../define.ts';
import { Finding, ResolvedSwitch, ResolvedWave } from '../values.ts';

export const TargetChecked = event({
  context: 'recovery',
  name: 'target-checked',
  summary: 'The target can take the group; warnings say what will differ.',
  data: z.object({
    runId: z.string(),
    warnings: z.array(Finding),
    /** In order, with the servers that were found in the point; where the run goes by a plan. */
    waves: z.array(ResolvedWave).optional(),
    /** With the servers that they lead to; where the plan has any. */
    traffic: z.array(ResolvedSwitch).optional(),
  }),
  sample: {
    runId: 'run-1',
    warnings: [],
    waves: [
      {
        name: 'data',
        servers: [{ id: 'srv-1', name: 'db-1' }],
        before: [{ command: 'open-the-books' }],
        probes: [{ tcp: { server: 'db-1', port: 5432 }, serverId: 'srv-1', within: 60 }],
        after: [{ webhook: { url: 'https://hooks.example/data-is-up' } }],
        prompt: 'Has replication caught up?',
        delay: 30,
      },
    ],
  },
});
