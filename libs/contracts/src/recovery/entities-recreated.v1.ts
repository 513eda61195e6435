import { z } from 'zod';
import { event } from '../define.ts';

export const EntitiesRecreated = event({
  context: 'recovery',
  name: 'entities-recreated',
  summary: 'All entities of the group that were not withheld stand at the target.',
  data: z.object({
    runId: z.string(),
    entities: z.number().int(),
  }),
  sample: { runId: 'run-1', entities: 30 },
});
