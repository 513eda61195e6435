import { z } from 'zod';
import { request } from '../define.ts';
import { Ref } from '../values.ts';

/** How far a disk is behind at its target, where its mechanism runs all the time. */
export const DiskLag = z.object({
  disk: Ref,
  name: z.string(),
  driver: z.string(),
  target: z.string(),
  seconds: z.number().optional(),
  bytes: z.number().optional(),
  healthy: z.boolean(),
  /** Why it is not healthy, for people. */
  problem: z.string().optional(),
  /** Absent before the first answer. */
  measuredAt: z.string().optional(),
});
export type DiskLag = z.infer<typeof DiskLag>;

export const ReadLag = request({
  context: 'data',
  name: 'read-lag',
  summary: 'How far behind the recovery site is, for each disk of a group whose mechanism runs all the time.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ disks: z.array(DiskLag) }),
});
