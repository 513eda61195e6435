import { z } from 'zod';
import { event } from '../define.ts';
import { Ref } from '../values.ts';

export const ReplicationHealthy = event({
  context: 'data',
  name: 'replication-healthy',
  summary: 'The replication of a disk goes on again.',
  data: z.object({
    groupId: z.string(),
    disk: Ref,
    name: z.string(),
    driver: z.string(),
    target: z.string(),
  }),
  sample: { groupId: 'grp-1', disk: { kind: 'volume', id: 'vol-1' }, name: 'db', driver: 'postgresql', target: 'beta' },
});
