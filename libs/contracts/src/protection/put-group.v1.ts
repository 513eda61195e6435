import { z } from 'zod';
import { request } from '../define.ts';
import { Group, GroupInput } from '../values.ts';

export const PutGroup = request({
  context: 'protection',
  name: 'put-group',
  summary:
    'Create or change a protection group under an id chosen by the caller; refused when it holds nothing or an unknown id.',
  input: z.object({
    group: GroupInput,
    /** Runs of it that had to be approved need not be by its other policy: refused unless it is said. */
    endsApproval: z.literal(true).optional(),
  }),
  output: z.object({ group: Group }),
});
