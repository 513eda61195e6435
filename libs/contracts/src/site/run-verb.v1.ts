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
  /** `quiesce` and `unquiesce` are of the whole point: its first disk's `named` is the hook. */
  verb: z.enum([
    'snapshot',
    'transfer',
    'materialise',
    'release',
    'discard',
    'lag',
    'promote',
    'reverse',
    'verify',
    'quiesce',
    'unquiesce',
  ]),
  source: z.string().optional(),
  target: z.string(),
  point: z.object({
    pointId: z.string(),
    groupId: z.string(),
    disk: Disk,
    base: z.json().optional(),
    /** All disks of the point that the driver carries, this one too, ordered by id. */
    together: z.array(Disk).optional(),
    thorough: z.boolean().optional(),
    /** snapshot: a hook holds the application still. */
    frozen: z.object({ by: z.string(), position: z.string().optional() }).optional(),
  }),
  /** `SnapshotTaken` for transfer, `Transferred` for verify, the replica for all others. */
  input: z.json().optional(),
  copy: z
    .object({
      runId: z.string(),
      name: z.string(),
      volumeType: z.string().optional(),
      availabilityZone: z.string().optional(),
    })
    .optional(),
  options: z
    .object({
      /** discard: no other point of the disk is kept, or being made, at the target. */
      last: z.boolean().optional(),
      /** promote: the primary still answers. */
      planned: z.boolean().optional(),
      /** verify: what is read again; with `made` absent the point itself. */
      side: z.enum(['source', 'target']).optional(),
      /** verify: the copy that is read; reverse: the one that serves. */
      made: z.object({ kind: z.enum(['volume', 'image']), id: z.string() }).optional(),
      /** quiesce: the longest that it is held. */
      atMostSeconds: z.number().optional(),
    })
    .optional(),
  memo: z.json().optional(),
});
export type RunVerb = z.infer<typeof RunVerb>;
