import { z } from 'zod';
import { event } from '../define.ts';
import { Staged } from '../values.ts';

export const EntitiesStaged = event({
  context: 'recovery',
  name: 'entities-staged',
  summary:
    'What of a group can stand staged stands at the target, in step with what was captured; and what it takes there.',
  data: Staged.extend({ groupId: z.string(), runId: z.string(), target: z.string() }),
  sample: {
    groupId: 'grp-1',
    runId: 'run-9',
    target: 'beta',
    kinds: [{ kind: 'port', count: 4 }],
    quotas: [{ quota: 'network:port', staged: 4, used: 12, limit: 500 }],
  },
});
