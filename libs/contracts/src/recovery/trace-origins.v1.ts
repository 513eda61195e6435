import { z } from 'zod';
import { command } from '../define.ts';
import { Members } from '../values.ts';
import { OriginsTraced } from './origins-traced.v1.ts';

export const TraceOrigins = command({
  context: 'recovery',
  name: 'trace-origins',
  summary:
    'Keep what stands for what, by the ledger of a committed run, and say who the members of the group are where it runs now. Refused with mapping-not-invertible when names of several things became one.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    ofRunId: z.string(),
    members: Members,
    /** Somebody has said the mappings for the way back: names need not be invertible. */
    mappingsGiven: z.literal(true).optional(),
  }),
  answer: OriginsTraced,
  sample: { groupId: 'grp-1', runId: 'run-6', ofRunId: 'run-1', members: { tag: 'gold' } },
});
