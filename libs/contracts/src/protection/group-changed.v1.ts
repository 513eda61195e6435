import { z } from 'zod';
import { event } from '../define.ts';
import { Bandwidth, GroupState, Joining, Members } from '../values.ts';

export const GroupChanged = event({
  context: 'protection',
  name: 'group-changed',
  summary: 'A protection group was created or changed: its primary is watched from now on.',
  data: z.object({
    groupId: z.string(),
    primary: z.string(),
    policy: z.string(),
    members: Members,
    state: GroupState,
    /** The policy's limit for the age of metadata, where it has one. */
    metadataRpoSeconds: z.number().int().optional(),
    joining: Joining.optional(),
    /** The policy's limits of what the group may send. */
    bandwidth: z.array(Bandwidth).optional(),
  }),
  sample: {
    groupId: 'grp-1',
    primary: 'alpha',
    policy: 'gold',
    members: { tag: 'gold' },
    state: 'protected',
    metadataRpoSeconds: 60,
  },
});
