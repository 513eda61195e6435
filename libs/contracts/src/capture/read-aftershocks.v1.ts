import { z } from 'zod';
import { request } from '../define.ts';
import { Aftershock, Gap, Instant } from '../values.ts';

export const ReadAftershocks = request({
  context: 'capture',
  name: 'read-aftershocks',
  summary:
    'One page of what somebody will meet after a recovery that went well: inside the guests, and because it can not be carried; from the metadata of an instant or a recovery point. Secrets are looked through, and never shown.',
  input: z.object({ groupId: z.string(), when: Instant, cursor: z.number().int().optional() }),
  output: z.object({
    aftershocks: z.array(Aftershock),
    next: z.number().int().optional(),
    /** Nobody was looking at that moment. */
    gap: Gap.optional(),
  }),
});
