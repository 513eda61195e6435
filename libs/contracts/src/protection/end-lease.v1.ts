import { z } from 'zod';
import { request } from '../define.ts';
import { LeaseOfAgent } from '../values.ts';

export const EndLease = request({
  context: 'protection',
  name: 'end-lease',
  summary:
    'Whether the leases at the site that a failover leaves have run out, with a margin; none is granted while the run holds the group. Refused with lease-never-held where no agent ever held one. Asked until `over`: it depends on no wall clock, and starts anew with the service.',
  input: z.object({ groupId: z.string(), runId: z.string(), site: z.string(), marginSeconds: z.number().int() }),
  output: z.object({
    over: z.boolean(),
    leftSeconds: z.number(),
    leases: z.array(LeaseOfAgent),
  }),
});
