import { z } from 'zod';
import { command } from '../define.ts';
import { Mappings, Members, RunRequest } from '../values.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartReprotect = command({
  context: 'saga',
  name: 'start-reprotect',
  summary:
    'Protect a group that was failed over where it runs now, towards the site it came from: that site is quarantined, then the two change roles.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    /** The committed run that brought the group where it runs, and when that was. */
    ofRunId: z.string(),
    committedAt: z.string(),
    /** Where the group runs: its primary from now on. */
    from: z.string(),
    /** Where it came from: its recovery site from now on. */
    to: z.string(),
    members: Members,
    /** For the way back. */
    mappings: Mappings,
    /** Somebody has said them: they are not the inverse of the former ones. */
    mappingsGiven: z.literal(true).optional(),
    reason: z.string(),
    request: RunRequest.optional(),
  }),
  answer: RunStarted,
  sample: {
    runId: 'run-6',
    groupId: 'grp-1',
    ofRunId: 'run-1',
    committedAt: '2026-01-01T01:00:00.000Z',
    from: 'beta',
    to: 'alpha',
    members: { tag: 'gold' },
    mappings: {},
    reason: 'the first site is there again',
  },
});
