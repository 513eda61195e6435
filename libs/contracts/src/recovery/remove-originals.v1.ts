import { z } from 'zod';
import { command } from '../define.ts';
import { OriginalsRemoved } from './originals-removed.v1.ts';

export const RemoveOriginals = command({
  context: 'recovery',
  name: 'remove-originals',
  summary:
    'After the commit of a fail-back: remove the servers and volumes at home that it has made anew, and no others. What came back is settled: nothing of it is put back any more.',
  data: z.object({ groupId: z.string(), runId: z.string() }),
  answer: OriginalsRemoved,
  sample: { groupId: 'grp-1', runId: 'run-7' },
});
