import { z } from 'zod';
import { command } from '../define.ts';
import { SourceStarted } from './source-started.v1.ts';

export const StartSource = command({
  context: 'recovery',
  name: 'start-source',
  summary: 'Start again the servers at the primary that the run stopped, and no others; quiet when it stopped none.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    source: z.string(),
  }),
  answer: SourceStarted,
  sample: { groupId: 'grp-1', runId: 'run-1', source: 'alpha' },
});
