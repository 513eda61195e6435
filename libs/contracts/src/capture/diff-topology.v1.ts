import { z } from 'zod';
import { request } from '../define.ts';
import { EntityChange, Gap, Instant } from '../values.ts';

export const DiffTopology = request({
  context: 'capture',
  name: 'diff-topology',
  summary:
    'One page of what changed in a group between two instants or recovery points, and when nobody was looking meanwhile. Secrets appear as "(sealed)".',
  input: z.object({ groupId: z.string(), from: Instant, to: Instant, cursor: z.number().int().optional() }),
  output: z.object({
    changes: z.array(EntityChange),
    gaps: z.array(Gap),
    /** Entities compared that are the same. */
    same: z.number().int(),
    next: z.number().int().optional(),
  }),
});
