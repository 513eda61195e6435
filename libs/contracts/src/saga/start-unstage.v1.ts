import { z } from 'zod';
import { command } from '../define.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartUnstage = command({
  context: 'saga',
  name: 'start-unstage',
  summary: 'Remove what stands staged of a group at a site.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    target: z.string(),
    reason: z.string(),
  }),
  answer: RunStarted,
  sample: { runId: 'run-10', groupId: 'grp-1', target: 'beta', reason: 'the policy stages nothing' },
});
