import { z } from 'zod';
import { event } from '../define.ts';
import { Consistency, ConsistencyLevel } from '../values.ts';

export const ConsistencyMissed = event({
  context: 'protection',
  name: 'consistency-missed',
  summary: 'A point was sealed that achieved less consistency than its policy wants.',
  data: z.object({ groupId: z.string(), pointId: z.string(), wanted: ConsistencyLevel, achieved: Consistency }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    wanted: 'crash-across-group',
    achieved: { level: 'crash-per-disk', skewMs: 900 },
  },
});
