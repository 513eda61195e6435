import { z } from 'zod';
import { request } from '../define.ts';
import { CapturedEntity, Gap, Instant } from '../values.ts';

export const ReadTopology = request({
  context: 'capture',
  name: 'read-topology',
  summary:
    'One page of a captured topology by its content address, or of what a group held at an instant or recovery point; follow next until it is absent.',
  input: z.object({
    metadata: z.string().optional(),
    /** Instead of `metadata`; secrets appear as "(sealed)" then. */
    asOf: z.object({ groupId: z.string(), when: Instant }).optional(),
    cursor: z.number().int().optional(),
  }),
  output: z.object({
    entities: z.array(CapturedEntity),
    next: z.number().int().optional(),
    /** Nobody was looking at that instant: what is shown was seen before. */
    gap: Gap.optional(),
  }),
});
