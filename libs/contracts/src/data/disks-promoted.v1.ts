import { z } from 'zod';
import { event } from '../define.ts';
import { Ref } from '../values.ts';

export const DisksPromoted = event({
  context: 'data',
  name: 'disks-promoted',
  summary: 'The target is authoritative for every disk whose driver has no rollback; what did not come across is said.',
  data: z.object({
    runId: z.string(),
    promoted: z.array(
      z.object({
        disk: Ref,
        name: z.string(),
        driver: z.string(),
        forced: z.boolean(),
        /** For people: what did not come across, where that is known. */
        lost: z.string().optional(),
      }),
    ),
  }),
  sample: { runId: 'run-1', promoted: [] },
});
