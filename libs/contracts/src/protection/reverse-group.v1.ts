import { z } from 'zod';
import { command } from '../define.ts';
import { Mappings, Members } from '../values.ts';
import { GroupReversed } from './group-reversed.v1.ts';

export const ReverseGroup = command({
  context: 'protection',
  name: 'reverse-group',
  summary:
    'The point of no return of a re-protection: primary and recovery site change roles, and the group is protected again. Refused with a stale fence token.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    fenceToken: z.number().int(),
    /** The committed run that brought the group where it runs: it needs its point no longer. */
    ofRunId: z.string(),
    primary: z.string(),
    recovery: z.string(),
    members: Members,
    mappings: Mappings,
  }),
  answer: GroupReversed,
  sample: {
    groupId: 'grp-1',
    runId: 'run-6',
    fenceToken: 2,
    ofRunId: 'run-1',
    primary: 'beta',
    recovery: 'alpha',
    members: { tag: 'gold' },
    mappings: {},
  },
});
