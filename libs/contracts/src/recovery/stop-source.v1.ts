import { z } from 'zod';
import { command } from '../define.ts';
import { SourceStopped } from './source-stopped.v1.ts';

export const StopSource = command({
  context: 'recovery',
  name: 'stop-source',
  summary:
    'Stop the servers of a group at its primary that run, and remember which: nothing is written there any more.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    source: z.string(),
    /** Digest of the captured topology that says which servers. */
    metadata: z.string(),
  }),
  answer: SourceStopped,
  sample: { groupId: 'grp-1', runId: 'run-1', source: 'alpha', metadata: 'sha256:00' },
});
