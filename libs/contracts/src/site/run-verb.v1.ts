import { z } from 'zod';
import { Disk } from '../values.ts';

/**
 * One driver verb for the data-worker of a site. Subject: `lifeboat.site.<site>.work.run-verb.v1`. Every verb may run twice;
 * `source` is absent when the primary must not be touched.
 */
export const RunVerb = z.object({
  /** The work row that waits for the answer. */
  taskId: z.string(),
  /** Counts the calls of this verb: each `in-progress` is followed by another. Only the newest is to be run. */
  call: z.number().int().min(1),
  driver: z.string(),
  verb: z.enum(['snapshot', 'transfer', 'materialise', 'release', 'discard']),
  source: z.string().optional(),
  target: z.string(),
  point: z.object({ pointId: z.string(), groupId: z.string(), disk: Disk, base: z.json().optional() }),
  /** `SnapshotTaken` for transfer, the replica for materialise and discard. */
  input: z.json().optional(),
  copy: z
    .object({
      runId: z.string(),
      name: z.string(),
      volumeType: z.string().optional(),
      availabilityZone: z.string().optional(),
    })
    .optional(),
  memo: z.json().optional(),
});
export type RunVerb = z.infer<typeof RunVerb>;
