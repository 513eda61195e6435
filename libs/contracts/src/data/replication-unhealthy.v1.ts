import { z } from 'zod';
import { event } from '../define.ts';
import { Ref } from '../values.ts';

export const ReplicationUnhealthy = event({
  context: 'data',
  name: 'replication-unhealthy',
  summary: 'The replication of a disk does not go on by itself any more: an alarm, until `replication-healthy`.',
  data: z.object({
    groupId: z.string(),
    disk: Ref,
    name: z.string(),
    driver: z.string(),
    target: z.string(),
    /** What is known of the cause, for people. */
    problem: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    disk: { kind: 'volume', id: 'vol-1' },
    name: 'db',
    driver: 'postgresql',
    target: 'beta',
    problem: 'The standby does not stream.',
  },
});
