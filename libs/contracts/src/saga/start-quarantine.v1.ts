import { z } from 'zod';
import { command } from '../define.ts';
import { RunStarted } from './run-started.v1.ts';

export const StartQuarantine = command({
  context: 'saga',
  name: 'start-quarantine',
  summary:
    'Quarantine the site that an unplanned failover has left, now that it answers again: servers of the group stopped, ports down. The group serves elsewhere.',
  data: z.object({
    runId: z.string(),
    groupId: z.string(),
    /** The committed failover. */
    ofRunId: z.string(),
    committedAt: z.string(),
    /** The site it has left. */
    site: z.string(),
    reason: z.string(),
  }),
  answer: RunStarted,
  sample: {
    runId: 'run-8',
    groupId: 'grp-1',
    ofRunId: 'run-1',
    committedAt: '2026-01-01T01:00:00.000Z',
    site: 'alpha',
    reason: 'alpha answers again',
  },
});
