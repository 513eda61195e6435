import type { Json, LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Mark } from './mark.ts';
import type { Recipe } from './recipe.ts';
import type { Whereabouts } from './whereabouts.ts';

/** One protected disk: a Cinder volume, or the ephemeral root of an image-booted server. */
export interface Disk {
  readonly kind: 'volume' | 'server-root';
  /** Volume id, or server id for a root disk. */
  readonly id: string;
  readonly name: string;
  readonly sizeGiB: number;
  readonly volumeType?: string;
  readonly bootable: boolean;
  readonly encrypted: boolean;
  readonly multiattach: boolean;
  readonly status: string;
  /** The volume's or server's own metadata: rules of policies, and drivers, may go by it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Server that the volume is attached to (the first, when there are several). */
  readonly attachedTo?: string;
  /** Which of the driver's settings carries it, where there are several by name: a hook, a database. As the policy's rule says. */
  readonly named?: string;
}

/** One disk of one recovery point. `pointId` + disk identify all that a driver makes for it. */
export interface PointOfDisk {
  readonly pointId: string;
  readonly groupId: string;
  readonly disk: Disk;
  /** What the driver returned from `transfer` for the newest earlier point of this disk that is still kept; drivers that copy by difference build on it. */
  readonly base?: Json;
  /** All disks of this point that this driver carries, this one too, ordered by id: what takes several in one instant takes these. */
  readonly together?: readonly Disk[];
  /** What stands at the target is not to be trusted (damaged, or written to): compare every byte and send what differs, whatever lists of changes say. */
  readonly thorough?: boolean;
  /** A hook of the policy's, by name, holds the application still until all snapshots of the point are taken. */
  readonly frozen?: { readonly by: string; readonly position?: string };
}

/** Where and as what a copy is to stand at the target. */
export interface Copy {
  readonly runId: string;
  readonly name: string;
  readonly volumeType?: string;
  readonly availabilityZone?: string;
}

/** What a driver is told beside its disk. Nothing else of the world reaches a driver. */
export interface DriverIo {
  /** The primary. Touching it in `materialise`, `release` or `discard` at the target throws `illegal-state` `primary-off-limits`: those run when it is lost. */
  readonly source: Cloud;
  readonly target: Cloud;
  /** ISO 8601, from the engine's one clock. */
  now(): string;
  /** Mark for what is made: snapshots, temporary volumes, backups, copies. Goes into the create body: see `Mark`. */
  mark(purpose: string): Mark;
  /** Mark for what belongs to a whole point, whatever the disk: a snapshot of a group of volumes. */
  markOfPoint(purpose: string): Mark;
  /** Mark for what outlives points: the volume at the target that stands for the disk, with a snapshot for each point. */
  markOfDisk(purpose: string): Mark;
  /** Aborted when the work is taken away; long byte copies must obey. */
  readonly signal: AbortSignal;
  /** Bytes moved, for progress and metrics; call as often as you like. */
  moved(bytes: number): void;
  /** Resolves when so many bytes more may be sent under the bandwidth that the policy allows now. Rejects when `signal` is aborted. */
  pace(bytes: number): Promise<void>;
  /** That bandwidth, for what cannot ask for leave: a process elsewhere. Absent: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Copies one image's bytes between Glances: streamed, hashed, resumed by Range, verified; `size`/`hash` of what arrived. */
  copyImage(
    from: { readonly imageId: string },
    to: { readonly imageId: string },
  ): Promise<{ readonly bytes: number; readonly hash: string }>;
}

export type FailureKind =
  /** Try again later. */
  | 'transient'
  /** Will not get better by itself: the point or run fails. */
  | 'permanent'
  /** An operator has to change something; the message says what. */
  | 'misconfigured';

export type Outcome<T> =
  | { readonly status: 'done'; readonly result: T }
  /** Call the verb again with this memo after so many milliseconds; the memo is stored before. */
  | { readonly status: 'in-progress'; readonly memo: Json; readonly againMs: number; readonly progress?: number }
  | { readonly status: 'failed'; readonly kind: FailureKind; readonly error: LifeboatError };

export const done = <T>(result: T): Outcome<T> => ({ status: 'done', result });
export const inProgress = (memo: Json, againMs: number, progress?: number): Outcome<never> => ({
  status: 'in-progress',
  memo,
  againMs,
  ...(progress !== undefined && { progress }),
});
export const failed = (kind: FailureKind, error: LifeboatError): Outcome<never> => ({ status: 'failed', kind, error });

export interface Capabilities {
  /** The best that it achieves; what a point got is said by its snapshots. */
  readonly consistency: 'crash-per-disk' | 'crash-across-group' | 'application';
  /**
   * `bytes`: a copy has the bytes of the point. `application`: something else carries the data (a standby, a cluster), a copy is blank.
   * `nothing`: there is no data worth carrying, a copy is blank.
   */
  readonly carries: 'bytes' | 'application' | 'nothing';
  /** It carries a disk only where a policy's rule names it. Absent: also where nothing is said and it supports the disk. */
  readonly chosen?: 'by-rule';
  /** Bytes of unchanged blocks are not copied again. */
  readonly incremental: boolean;
  /** `materialise` (and `promote`) work with the primary lost. Where they do not, `whyPlanned` says why. */
  readonly unplanned: boolean;
  readonly whyPlanned?: string;
  /** `copies`: a run serves from copies of a pinned point, and everything before the commit can be undone. `none`: `promote` at the commit is the only way. */
  readonly rollback: 'copies' | 'none';
  /** `copies`: `reverse` also begins with what a run serves from by a copy. Absent: with what was promoted, and nothing else. */
  readonly reverses?: 'copies';
  /** Rights needed on each side. */
  readonly rights: 'member' | 'admin';
  /** Purposes of what stays at the primary while a point is kept: nothing, but for drivers whose next point builds on it. */
  readonly leavesAtSource: readonly string[];
}

/**
 * The most that is needed at each side while a verb runs, counted against quotas before anything is made. Keys `<service>:<quota>` as the
 * service names its quotas; of a kind of quota that a service does not have, nothing is said.
 */
export interface Needs {
  readonly source: Readonly<Record<string, number>>;
  readonly target: Readonly<Record<string, number>>;
}

/** The moment a disk's snapshot was requested and known complete (ISO 8601), for RPO and skew. */
export interface SnapshotTaken {
  readonly requestedAt: string;
  readonly completedAt: string;
  /** What `transfer` needs to go on; small plain JSON. */
  readonly snapshot: Json;
  /** Equal for disks whose snapshots are of one and the same instant: the id of what took them. */
  readonly instant?: string;
  /** What was done to make it more than crash-consistent: the guest's file systems were frozen, or the application was told. */
  readonly quiesced?: 'file-systems' | 'application';
}

export interface Transferred {
  /** What `materialise`, `discard` and later `transfer`s need; small plain JSON; stored with the point. */
  readonly replica: Json;
  /** That travelled. */
  readonly bytes: number;
  /** Root of a Merkle tree over the bytes of the point, where the driver reads them; `verify` compares with it. */
  readonly root?: string;
}

/** How far the target is behind the source, now. */
export interface Lag {
  readonly seconds?: number;
  readonly bytes?: number;
  /** Replication goes on by itself. Where it does not, `problem` is a sentence for operators. */
  readonly healthy: boolean;
  readonly problem?: string;
}

/** What `promote` made of it; `lost` is for people: what did not come across, when that is known. */
export interface Promoted {
  readonly forced: boolean;
  readonly lost?: string;
}

/** Replication runs from the target to the source, or will with the next point. `full`: all bytes have to be copied, and why. */
export interface Reversed {
  readonly full: boolean;
  readonly why?: string;
}

export interface Verified {
  readonly equal: boolean;
  readonly root: string;
  readonly bytes: number;
  /** Where it differs, in bytes from the start; the first few. */
  readonly differs?: readonly { readonly offset: number; readonly length: number }[];
}

export type Materialised =
  { readonly kind: 'volume'; readonly volumeId: string } | { readonly kind: 'image'; readonly imageId: string };

/**
 * A replication driver. Every verb *begins or continues*: it may be called again at any moment, in another process, with the last memo it
 * returned (or none, when the worker died before the memo was stored), and must then find what it made by its mark rather than make it twice.
 * No loops that wait, no sleeps, no timers, no state outside the memo, no logging, no retries: the engine does those.
 * Two calls for the same disk and point never overlap on purpose, but a worker that is thought dead may still be at it: what was made twice
 * must be seen (the oldest counts) and removed. What is thrown becomes an outcome by `failureOf`.
 */
export interface ReplicationDriver {
  readonly name: string;
  readonly api: 1;
  readonly summary: string;
  readonly can: Capabilities;
  /** May this disk be carried between these clouds? With the reason when not. Goes by what it is given and its settings alone. */
  supports(disk: Disk, sites: SitePair): Support | Promise<Support>;
  /** Goes by what it is given and its settings alone. `verb` says for what; `first` while the target has nothing of the disk yet. */
  needs(disk: Disk, verb: 'replicate' | 'materialise', first: boolean): Needs | Promise<Needs>;

  /** Takes the point at the source: short, so that a group's snapshots lie close together. `requestedAt` is that of the first call. */
  snapshot(point: PointOfDisk, memo: Json | undefined, io: DriverIo): Promise<Outcome<SnapshotTaken>>;
  /** Ships it to the target and removes what it made at the source as soon as it can. */
  transfer(
    point: PointOfDisk,
    taken: SnapshotTaken,
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<Transferred>>;
  /** Makes a copy of the point at the target. The source must not be touched. */
  materialise(
    point: PointOfDisk,
    replica: Json,
    copy: Copy,
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<Materialised>>;
  /** Removes the copies of a run of this disk, found by mark. Accepts that there may be none. */
  release(point: PointOfDisk, copy: Copy, memo: Json | undefined, io: DriverIo): Promise<Outcome<null>>;
  /**
   * Removes a point: at the target, and what is left at the source when `io.source` may still be touched (`sourceLost: false`).
   * Must not break other points of the same disk, nor copies that share its blocks: what others still need is set aside, and removed by
   * whoever removes the last that needs it. `replica` is undefined for a point that never completed; all that bears its mark goes.
   * `last`: no other point of the disk is kept, or being made, at this target: what stands for the disk there goes too.
   */
  discard(
    point: PointOfDisk,
    replica: Json | undefined,
    options: { readonly sourceLost: boolean; readonly last: boolean },
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<null>>;

  /** For mechanisms that run all the time: one short look at how far behind the target is. May come at any moment, beside any verb. */
  lag?(point: PointOfDisk, replica: Json | undefined, io: DriverIo): Promise<Lag>;
  /**
   * Makes the target authoritative; only drivers without `rollback` need it. Called after the commit, so there is only forward. `planned`: the primary
   * still answers and its servers are stopped; nothing may be lost. Otherwise `io.source` is off limits. Already promoted: done.
   */
  promote?(
    point: PointOfDisk,
    replica: Json,
    copy: Copy,
    options: { readonly planned: boolean },
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<Promoted>>;
  /**
   * The old primary is back and serves no more: begins to replicate the other way, by differences where it can. `serving`: the copy that serves; the next point
   * is of it, from the target to the source. What is made for that bears the mark of its replica (of the group and `serving`, purpose `replica`), so that
   * `discard` in the new direction removes it, whether or not a point has taken it. What stands at the source of a disk that was not promoted is the
   * fail-back's, and is not written to. Already so: done.
   */
  reverse?(
    point: PointOfDisk,
    replica: Json,
    serving: Materialised | undefined,
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<Reversed>>;
  /**
   * Reads a point again and compares with the root it was given: what stands at the target, what the source still has of it, or a copy of a run. Changes
   * nothing. May be asked at any time, and while other verbs run.
   */
  verify?(
    point: PointOfDisk,
    transferred: Transferred,
    what: { readonly side: 'source' | 'target' } | { readonly copy: Materialised },
    memo: Json | undefined,
    io: DriverIo,
  ): Promise<Outcome<Verified>>;
  /**
   * How `materialise` would make the same copy by plain API calls, for whoever has to recover without Lifeboat. Pure: goes by what it is given and its settings. The
   * same calls, the same mark. Absent: only a person with the driver's own tools can make one.
   */
  recipe?(point: PointOfDisk, replica: Json, copy: Copy, mark: Mark): Recipe;
  /**
   * What a replica consists of at the target, for an instance that takes it over from a bundle when the one that made it was lost. Pure: goes by what it is given and its
   * settings. Absent: nobody but the driver could tell whether it stands, so it is not taken over.
   */
  whereabouts?(disk: Disk, replica: Json): Whereabouts;
}

export type Support = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface SitePair {
  readonly source: SiteFacts;
  readonly target: SiteFacts;
}

export interface SiteFacts {
  readonly site: string;
  readonly isAdmin: boolean;
  readonly services: readonly string[];
  /** The site has a Cinder backup service that is up. Only administrators are told. */
  readonly backup: boolean;
  /** Both sites' backup services read one store, as the operator configured the pair. */
  readonly sharedBackupStore: boolean;
}

export const replicationDriver = (driver: ReplicationDriver): ReplicationDriver => driver;
