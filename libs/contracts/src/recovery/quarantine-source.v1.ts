import { z } from 'zod';
import { command } from '../define.ts';
import { SourceQuarantined } from './source-quarantined.v1.ts';

export const QuarantineSource = command({
  context: 'recovery',
  name: 'quarantine-source',
  summary:
    'Stop the servers at the site that a committed run has left, where they still run, and measure how long both sides may have served. The site must answer; it may be empty.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** The committed run: its source's servers are meant. */
    ofRunId: z.string(),
    source: z.string(),
    /** When that run was committed. */
    since: z.string(),
    /** Their ports are set down too, so that nobody who starts one again is heard. */
    portsDown: z.literal(true).optional(),
  }),
  answer: SourceQuarantined,
  sample: {
    groupId: 'grp-1',
    runId: 'run-6',
    ofRunId: 'run-1',
    source: 'alpha',
    since: '2026-01-01T01:00:00.000Z',
  },
});
