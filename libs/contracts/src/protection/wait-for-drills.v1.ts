import { z } from 'zod';
import { command } from '../define.ts';
import { DrillsGone } from './drills-gone.v1.ts';

export const WaitForDrills = command({
  context: 'protection',
  name: 'wait-for-drills',
  summary:
    'Wait until no drill of the group stands at its recovery site any more, for two minutes at most: a real run waits for no rehearsal for ever.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: DrillsGone,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
