import { z } from 'zod';
import { request } from '../define.ts';
import { CommitWindow, PersonName, planOverrides, RunRequested } from '../values.ts';

export const RequestFailover = request({
  context: 'protection',
  name: 'request-failover',
  summary:
    'Ask for an unplanned failover under an id chosen by the caller. Forces promotion: the caller must confirm that the primary is lost.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string().optional(),
    confirmPrimaryLost: z.boolean(),
    /** In place of the policy's. */
    commitWindow: CommitWindow.optional(),
    ...planOverrides,
    /** The plan's fence is left out: the caller has made sure by other means that the primary does not serve. */
    unfenced: z.literal(true).optional(),
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
