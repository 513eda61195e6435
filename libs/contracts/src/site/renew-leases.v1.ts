import { z } from 'zod';
import { request } from '../define.ts';
import { LeaseAnswer, LeaseReport, Name, SiteName } from '../values.ts';

export const RenewLeases = request({
  context: 'site',
  name: 'renew-leases',
  summary:
    'An agent at a site has the leases of its groups renewed, and tells how those that it has stand. Answered for every group whose primary the site is and whose plan has a lease, and for all that the agent has named. Asked again and again: a lost one is not missed.',
  input: z.object({ site: SiteName, agent: Name, leases: z.array(LeaseReport) }),
  output: z.object({ leases: z.array(LeaseAnswer) }),
});
