import { z } from 'zod';
import { request } from '../define.ts';
import { PersonName, Policy } from '../values.ts';

export const PutPolicy = request({
  context: 'protection',
  name: 'put-policy',
  summary: 'Create or change a policy.',
  input: z.object({
    policy: Policy,
    by: PersonName.optional(),
    /** Runs that had to be approved need not be any more: refused unless it is said. */
    endsApproval: z.literal(true).optional(),
  }),
  output: z.object({ policy: Policy }),
});
