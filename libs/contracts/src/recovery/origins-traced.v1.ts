import { z } from 'zod';
import { event } from '../define.ts';
import { Members, Ref } from '../values.ts';

export const OriginsTraced = event({
  context: 'recovery',
  name: 'origins-traced',
  summary: 'It is known what stands for what at the two sites of a group.',
  data: z.object({
    runId: z.string(),
    /** How many entities. */
    traced: z.number().int(),
    /** By the ids that they have where the group runs. */
    members: Members,
    /** Members by id that stand for nothing there: they were left out. */
    lost: z.array(Ref),
  }),
  sample: { runId: 'run-6', traced: 12, members: { tag: 'gold' }, lost: [] },
});
