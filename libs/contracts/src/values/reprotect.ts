import { z } from 'zod';
import { NamedRef, Ref } from './common.ts';

/** What a group that was failed over leaves, and what its way back needs. */

/** Which server may have served beside its successor: from the commit until it was seen stopped, at most. */
export const ServedByBoth = NamedRef.extend({ from: z.string(), until: z.string() });
export type ServedByBoth = z.infer<typeof ServedByBoth>;

/** A server at the site that was left, with its status at Nova. */
export const SourceServer = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  /** A re-protection would stop it. */
  runs: z.boolean(),
});
export type SourceServer = z.infer<typeof SourceServer>;

/** How a disk would be carried the other way for the first time. */
export const ReprotectDisk = z.object({
  kind: z.enum(['volume', 'server-root']),
  name: z.string(),
  /** As it was carried here; the next point chooses anew, by the same rules. */
  driver: z.string(),
  copy: z.enum(['full', 'deltas', 'nothing']),
  /** Why so; also what its driver could not do, and how to mend it. */
  why: z.string(),
  /** At most. */
  bytes: z.number(),
});
export type ReprotectDisk = z.infer<typeof ReprotectDisk>;

/** What a run on the way home knows that people should: of its state, where it has it. */
export const WayHome = z.object({
  servedByBoth: z.array(ServedByBoth).default([]),
  /** Members by id that stand for nothing where the group runs. */
  lostMembers: z.array(Ref).default([]),
  /** What the first point of the new direction sends. */
  reversed: z.array(ReprotectDisk).default([]),
  originalsRemoved: z.array(NamedRef).default([]),
  originalsLeft: z.array(NamedRef.extend({ why: z.string() })).default([]),
});
export type WayHome = z.infer<typeof WayHome>;
