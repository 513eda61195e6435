import { z } from 'zod';

/** Disks, what stands for them at the recovery site, and images. */

/** Which driver carries which disk: the first rule that fits decides; without one the drivers' own order does. */
export const DriverRule = z.object({
  driver: z.string(),
  diskKind: z.enum(['volume', 'server-root']).optional(),
  volumeType: z.string().optional(),
  /** Which of the driver's settings: a hook, a database. */
  named: z.string().optional(),
  /** Of the volume's or server's own metadata: `key`, or `key=value`. */
  tag: z.string().min(1).optional(),
});
export type DriverRule = z.infer<typeof DriverRule>;

export const ConsistencyLevel = z.enum(['none', 'crash-per-disk', 'crash-across-group', 'quiesced', 'application']);
export type ConsistencyLevel = z.infer<typeof ConsistencyLevel>;

/** An application is held still while the snapshots of a point are taken, whichever drivers carry its disks. */
export const Quiesce = z.object({
  /** Its name in the drivers file of the primary's workers. What is run or called stands there and nowhere else. */
  hook: z.string().min(1).max(255),
  /** `preferred`: without it, or cut short, a point is made all the same, and says so. `required`: none is made then. */
  need: z.enum(['preferred', 'required']),
  /** The longest that it is held, counted from the moment that it is asked for. */
  atMostSeconds: z.number().int().min(1).max(600),
});
export type Quiesce = z.infer<typeof Quiesce>;

/** How an application was held still for a point. */
export const Freeze = z.object({
  hook: z.string(),
  /**
   * `held`: from before the first snapshot was asked for until all were taken. `failed`: it could not be had. `ran-out`: it was let go of before all were taken, since it may be
   * held no longer. `lost`: it says itself that it did not hold until it was told to let go.
   */
  outcome: z.enum(['held', 'failed', 'ran-out', 'lost']),
  /** From the call of its hook until the answer that it was let go of, by the clock of the primary's worker. `to` is absent while that is not known. */
  from: z.string().optional(),
  to: z.string().optional(),
  ms: z.number().optional(),
  /** Where it stood then, as it says itself. */
  position: z.string().optional(),
  why: z.string().optional(),
});
export type Freeze = z.infer<typeof Freeze>;

/** What was achieved, not what was asked. */
export const Consistency = z.object({
  level: ConsistencyLevel,
  /** Between the first and the last snapshot of the group. */
  skewMs: z.number().optional(),
  /** Where the policy wants an application to be held still. */
  freeze: Freeze.optional(),
});
export type Consistency = z.infer<typeof Consistency>;

export const Disk = z.object({
  kind: z.enum(['volume', 'server-root']),
  /** Volume id, or server id for a root disk. */
  id: z.string(),
  name: z.string(),
  sizeGiB: z.number(),
  volumeType: z.string().optional(),
  availabilityZone: z.string().optional(),
  bootable: z.boolean(),
  encrypted: z.boolean(),
  multiattach: z.boolean(),
  status: z.string(),
  /** The volume's or server's own. */
  metadata: z.record(z.string(), z.string()).optional(),
  /** The server that a volume is attached to; the first, when there are several. */
  attachedTo: z.string().optional(),
  /** Which of its driver's settings carries it, as the policy's rule says. */
  named: z.string().optional(),
});
export type Disk = z.infer<typeof Disk>;

/** What a driver carries when it is not the bytes: its copies are blank. */
export const CarriesInstead = z.enum(['application', 'nothing']);

/** A disk's point at the target; `replica` is the driver's own, small and without secrets. */
export const DiskReplica = z.object({
  disk: Disk,
  driver: z.string(),
  replica: z.json(),
  requestedAt: z.string(),
  completedAt: z.string(),
  bytes: z.number(),
  /** The driver serves planned moves alone, and why: with the primary lost there is no copy of this disk. */
  plannedOnly: z.string().optional(),
  /** Absent: the bytes. */
  carries: CarriesInstead.optional(),
  /** Its target is promoted after the commit, and there is no way back. Absent: a run serves from a copy. */
  rollback: z.literal('none').optional(),
});
export type DiskReplica = z.infer<typeof DiskReplica>;

/** A disk's copy made for a run: a volume, or an image to boot from. */
export const DiskCopy = z.object({
  diskKind: z.enum(['volume', 'server-root']),
  diskId: z.string(),
  kind: z.enum(['volume', 'image']),
  targetId: z.string(),
  /** Why it is blank. Absent: it has the bytes of the point. */
  carries: CarriesInstead.optional(),
});
export type DiskCopy = z.infer<typeof DiskCopy>;

export const ImageRef = z.object({
  id: z.string(),
  name: z.string(),
  hash: z.string().optional(),
  hashAlgo: z.string().optional(),
  sizeBytes: z.number(),
});
export type ImageRef = z.infer<typeof ImageRef>;

export const ImageReplica = z.object({
  sourceId: z.string(),
  targetId: z.string(),
  hash: z.string(),
  hashAlgo: z.string(),
  sizeBytes: z.number(),
  /** It stood there already, by hash; nothing was copied. */
  reused: z.boolean(),
});
export type ImageReplica = z.infer<typeof ImageReplica>;

/** How far the work on a disk came: of a point that is being made or removed, or of a run's copies. */
export const DiskProgress = z.object({
  diskKind: z.enum(['volume', 'server-root']),
  diskId: z.string(),
  name: z.string(),
  driver: z.string(),
  verb: z.string(),
  state: z.enum(['waiting', 'asked', 'done', 'failed', 'cancelled']),
  /** Moved by this verb so far. */
  bytes: z.number(),
  /** 0 to 100, where the driver knows. */
  percent: z.number().optional(),
  /** What went wrong at the last try. */
  problem: z.string().optional(),
});
export type DiskProgress = z.infer<typeof DiskProgress>;

/** What came of reading a disk of a point again. */
export const DiskCheck = z.object({
  diskKind: z.enum(['volume', 'server-root']),
  diskId: z.string(),
  name: z.string(),
  driver: z.string(),
  outcome: z.enum(['running', 'equal', 'differs', 'failed', 'not-offered']),
  bytes: z.number().optional(),
  /** Bytes from the start; the first few. */
  differs: z.array(z.object({ offset: z.number(), length: z.number() })).optional(),
  /** Why not, or what went wrong. */
  reason: z.string().optional(),
});
export type DiskCheck = z.infer<typeof DiskCheck>;
