import { z } from 'zod';
import { command } from '../define.ts';
import { DisksReversed } from './disks-reversed.v1.ts';

export const ReverseDisks = command({
  context: 'data',
  name: 'reverse-disks',
  summary:
    'After a group was turned round: begin to replicate its disks the other way by differences, where their drivers can. Never fails for a disk: one that cannot be reversed is copied whole.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** The committed run by whose copies the group serves. */
    ofRunId: z.string(),
    /** The site that the group has left, and where it runs: as they were for that run. */
    source: z.string(),
    target: z.string(),
  }),
  answer: DisksReversed,
  sample: { groupId: 'grp-1', runId: 'run-6', ofRunId: 'run-1', source: 'alpha', target: 'beta' },
});
