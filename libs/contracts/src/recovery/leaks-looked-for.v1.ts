import { z } from 'zod';
import { event } from '../define.ts';
import { Ref } from '../values.ts';

export const LeaksLookedFor = event({
  context: 'recovery',
  name: 'leaks-looked-for',
  summary: 'The leak report of a run that was removed.',
  data: z.object({
    runId: z.string(),
    /** How many objects of the project were looked at. */
    looked: z.number().int(),
    /** What is left of the run: nothing, as a run with leaks does not end by itself. */
    leaks: z.array(Ref),
  }),
  sample: { runId: 'run-1', looked: 120, leaks: [] },
});
