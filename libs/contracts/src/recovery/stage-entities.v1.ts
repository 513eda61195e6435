import { z } from 'zod';
import { command } from '../define.ts';
import { Mappings } from '../values.ts';
import { EntitiesStaged } from './entities-staged.v1.ts';

export const StageEntities = command({
  context: 'recovery',
  name: 'stage-entities',
  summary:
    'Keep prepared at the target what of a group can stand there before it is needed: made, brought in step with what was captured, or removed where it is wanted no more.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    source: z.string(),
    target: z.string(),
    metadata: z.string(),
    mappings: Mappings,
  }),
  answer: EntitiesStaged,
  sample: { groupId: 'grp-1', runId: 'run-9', source: 'alpha', target: 'beta', metadata: 'sha256:00', mappings: {} },
});
