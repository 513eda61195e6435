import { z } from 'zod';
import { event } from '../define.ts';

export const ReplicaDamaged = event({
  context: 'data',
  name: 'replica-damaged',
  summary:
    'What stood at the recovery site for a disk of a recovery point is gone, or in error there: nothing is built on it any more.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    target: z.string(),
    disk: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    /** A sentence: which object, and what is wrong with it. */
    damage: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    target: 'beta',
    disk: { kind: 'volume', id: 'vol-1', name: 'data' },
    damage: 'volume 5f2c0c5e is gone',
  },
});
