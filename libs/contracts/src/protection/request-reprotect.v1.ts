import { z } from 'zod';
import { request } from '../define.ts';
import { Mappings, PersonName, RunRequested } from '../values.ts';

export const RequestReprotect = request({
  context: 'protection',
  name: 'request-reprotect',
  summary:
    'Ask for the re-protection of a group that was failed over, under an id chosen by the caller; its former primary must answer.',
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** For the way back; without them the former ones are inverted, and refused where they cannot be. */
    mappings: Mappings.optional(),
    by: PersonName.optional(),
    reason: z.string(),
  }),
  output: RunRequested,
});
