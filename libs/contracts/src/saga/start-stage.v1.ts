import { z } from 'zod';
import { command } from '../define.ts';
import { Mappings } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartStage = command({
  context: 'saga',
  name: 'start-stage',
  summary: 'Bring what is kept staged of a group at its recovery site in step with the metadata of a point.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    source: z.string(),
    target: z.string(),
    /** Whose metadata it is. */
    pointId: z.string(),
    metadata: z.string(),
    mappings: Mappings,
    reason: z.string(),
  }),
  answer: RunStarted,
  sample: {
    runId: 'run-9',
    groupId: 'grp-1',
    source: 'alpha',
    target: 'beta',
    pointId: 'pnt-1',
    metadata: 'sha256:00',
    mappings: {},
    reason: 'policy',
  },
});
