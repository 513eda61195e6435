import { z } from 'zod';
import { request } from '../define.ts';
import { KeepForSeconds, PersonName, planOverrides, RunRequested } from '../values.ts';

export const RequestDrill = request({
  context: 'protection',
  name: 'request-drill',
  summary: 'Ask for a drill under an id chosen by the caller: a rehearsed failover that is cut off, and removed again.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string().optional(),
    keepForSeconds: KeepForSeconds.optional(),
    ...planOverrides,
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
