import { z } from 'zod';

/** Values that several messages share. Timestamps are ISO 8601 UTC, sizes GiB or bytes as named, durations as named. */

export const Ref = z.object({ kind: z.string(), id: z.string() });
export type Ref = z.infer<typeof Ref>;

export const RunKind = z.enum(['protect', 'drill', 'failover', 'failback', 'reprotect', 'cleanup', 'discard']);
export type RunKind = z.infer<typeof RunKind>;

/**
 * Who belongs to a group: entities by id, and the servers and volumes that a query finds: bearing a tag (or metadata `lifeboat=<tag>`), bearing all
 * these pairs of metadata, or all of the project. What fits any of them is a member; all they depend on follows.
 */
export const Members = z.object({
  ids: z.array(Ref).optional(),
  tag: z.string().min(1).optional(),
  metadata: z.record(z.string().min(1), z.string()).optional(),
  project: z.literal(true).optional(),
  /** Servers and volumes that a Heat stack made, by its name or id; of the stacks within it too. */
  stack: z.string().min(1).optional(),
});
export type Members = z.infer<typeof Members>;

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

/** `snapshot`: the root disk of an image-booted server is carried; `image`: it starts from its image again and its writes are dropped. */
export const PolicyRules = z.object({ drivers: z.array(DriverRule), serverRoot: z.enum(['snapshot', 'image']) });
export type PolicyRules = z.infer<typeof PolicyRules>;

export const ConsistencyLevel = z.enum(['none', 'crash-per-disk', 'crash-across-group', 'quiesced', 'application']);
export type ConsistencyLevel = z.infer<typeof ConsistencyLevel>;

/** What was achieved, not what was asked. */
export const Consistency = z.object({
  level: ConsistencyLevel,
  /** Between the first and the last snapshot of the group. */
  skewMs: z.number().optional(),
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

/** Names at the primary → names at the target; what is not named keeps its name. */
export const Mappings = z.object({
  flavor: z.record(z.string(), z.string()).optional(),
  network: z.record(z.string(), z.string()).optional(),
  volumeType: z.record(z.string(), z.string()).optional(),
  availabilityZone: z.record(z.string(), z.string()).optional(),
  keypair: z.record(z.string(), z.string()).optional(),
  groupType: z.record(z.string(), z.string()).optional(),
  user: z.record(z.string(), z.string()).optional(),
  qosPolicy: z.record(z.string(), z.string()).optional(),
  subnetPool: z.record(z.string(), z.string()).optional(),
  addressGroup: z.record(z.string(), z.string()).optional(),
  /** By id: the projects that objects are shared with. */
  project: z.record(z.string(), z.string()).optional(),
});
export type Mappings = z.infer<typeof Mappings>;

/** Something a person should know: a blocker stops the run, a warning does not. */
export const Finding = z.object({
  code: z.string(),
  /** `server web-1 (id)` */
  where: z.string(),
  message: z.string(),
  mend: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

export const CaptureReport = z.object({
  /** Referred to, but not there. */
  missing: z.array(Finding),
  /** Fields that these credentials cannot see. */
  unseen: z.array(Finding),
  absentServices: z.array(z.string()),
  /** Seen in the project, of a type or state that is not carried. */
  notCarried: z.array(Finding),
});
export type CaptureReport = z.infer<typeof CaptureReport>;

/** A captured entity as it travels; secrets of `spec` are sealed. */
export const CapturedEntity = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  spec: z.record(z.string(), z.json()),
  refs: z.record(z.string(), z.union([Ref, z.array(Ref)])),
  observed: z.record(z.string(), z.json()),
  unseen: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});
export type CapturedEntity = z.infer<typeof CapturedEntity>;

/** A span of time in which nobody was looking: what changed in it is known only by what stood after it. Without `until` it lasts. */
export const Gap = z.object({ from: z.string(), until: z.string().optional(), why: z.string() });
export type Gap = z.infer<typeof Gap>;

/** A moment (ISO 8601), or a recovery point: then the metadata that belongs to its data. */
export const Instant = z.union([z.object({ at: z.iso.datetime({ offset: true }) }), z.object({ pointId: z.string() })]);
export type Instant = z.infer<typeof Instant>;

/** One field that differs, by its path: `spec.name`. Absent on the side where there is none. */
export const FieldChange = z.object({ field: z.string(), before: z.json().optional(), after: z.json().optional() });
export type FieldChange = z.infer<typeof FieldChange>;

/** What somebody has to do, or to expect, after a recovery: in the guest, or as the answer for what can not be carried. */
export const Aftershock = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  code: z.string(),
  about: z.enum(['guest', 'carry-over']),
  message: z.string(),
  mend: z.string().optional(),
});
export type Aftershock = z.infer<typeof Aftershock>;

export const EntityChange = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  how: z.enum(['appeared', 'changed', 'gone']),
  fields: z.array(FieldChange),
});
export type EntityChange = z.infer<typeof EntityChange>;

/** An entity as it was seen over a span of time; `until` is absent for the present. */
export const EntityVersion = z.object({
  from: z.string(),
  until: z.string().optional(),
  how: z.enum(['appeared', 'changed', 'gone']),
  /** Against the version before it. */
  fields: z.array(FieldChange),
  digest: z.string().optional(),
  entity: CapturedEntity.optional(),
});
export type EntityVersion = z.infer<typeof EntityVersion>;

const NamedRef = Ref.extend({ name: z.string() });

/** What metadata-capture knows of a group. */
export const GroupMetadata = z.object({
  site: z.string(),
  /** The stored metadata is what stood at the site at this moment, or later; absent before the first look. */
  provenAt: z.string().optional(),
  ageSeconds: z.number().optional(),
  limitSeconds: z.number().optional(),
  exceeded: z.boolean(),
  /** By what its age is known: a sweep, or a notification stream heard without a break. */
  provenBy: z.enum(['sweep', 'notifications']).optional(),
  /** Nobody is looking since then. */
  gap: Gap.optional(),
  /**
   * Found by the group's query; `kept`: matches it no more, and is protected until it is released; `waiting`: is not protected before it is let in, as
   * the policy wants it.
   */
  members: z.array(NamedRef.extend({ since: z.string(), kept: z.boolean(), waiting: z.boolean() })),
  /** Servers and volumes of the project that no group of this site holds. */
  unprotected: z.array(NamedRef),
});
export type GroupMetadata = z.infer<typeof GroupMetadata>;

export const FieldTotals = z.object({
  compared: z.number().int(),
  carried: z.number().int(),
  mapped: z.number().int(),
  dropped: z.number().int(),
  unexplained: z.number().int(),
});
export type FieldTotals = z.infer<typeof FieldTotals>;

export const ReceiptField = z.object({
  field: z.string(),
  outcome: z.enum(['carried', 'mapped', 'dropped', 'unexplained']),
  /** The rule by which it was mapped, or why it was dropped. */
  why: z.string().optional(),
  captured: z.json().optional(),
  recovered: z.json().optional(),
});

/** Field-by-field comparison of what was captured and what stands at the target. Secrets appear as digests only. */
export const Receipt = z.object({
  runId: z.string(),
  comparedAt: z.string(),
  totals: FieldTotals,
  entities: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      sourceId: z.string(),
      targetId: z.string().optional(),
      fields: z.array(ReceiptField),
    }),
  ),
  /** Bearing the run's mark, but not in its ledger. */
  orphans: z.array(Ref),
  /** Source entities for which more than one object bears the mark. */
  doubles: z.array(Ref),
});
export type Receipt = z.infer<typeof Receipt>;

export const LedgerEntry = z.object({
  kind: z.string(),
  sourceId: z.string(),
  targetId: z.string().optional(),
  how: z.string(),
  state: z.string(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const StepState = z.enum(['waiting', 'started', 'done', 'failed', 'undoing', 'undone', 'undo-failed']);
export type StepState = z.infer<typeof StepState>;

export const RunOutcome = z.enum(['running', 'undoing', 'completed', 'undone', 'needs-operator']);
export type RunOutcome = z.infer<typeof RunOutcome>;

export const SteerAction = z.enum(['abort', 'retry', 'give-up']);
export type SteerAction = z.infer<typeof SteerAction>;

const ErrorSummary = z.object({ code: z.string(), message: z.string(), mend: z.string().optional() });

export const RunSummary = z.object({
  runId: z.string(),
  kind: RunKind,
  groupId: z.string(),
  outcome: RunOutcome,
  startedAt: z.string(),
  endedAt: z.string().optional(),
  error: ErrorSummary.optional(),
  traceId: z.string().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunStep = z.object({
  name: z.string(),
  state: StepState,
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  attempts: z.number().int(),
  error: ErrorSummary.optional(),
  /** This step cannot be undone: from here the run only goes forward. */
  pivot: z.boolean(),
});
export type RunStep = z.infer<typeof RunStep>;

export const RunDetail = RunSummary.extend({
  version: z.number().int(),
  steps: z.array(RunStep),
  /** What the run knows: answers kept so far, without secrets. */
  state: z.record(z.string(), z.unknown()),
  /** What could not be undone, when the run needs an operator. */
  left: z.array(z.string()),
});
export type RunDetail = z.infer<typeof RunDetail>;

export const SiteName = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'letters, digits, "-" and "_", as in clouds.yaml');

export const Site = z.object({
  name: SiteName,
  region: z.string().optional(),
  projectName: z.string().optional(),
  isAdmin: z.boolean().optional(),
  /** Last moment the site answered. */
  lastSeenAt: z.string().optional(),
  problem: z.string().optional(),
});
export type Site = z.infer<typeof Site>;

const Name = z.string().min(1).max(100);

/** What becomes of an entity that a group's query finds later: a member at once, or when somebody lets it in. */
export const Joining = z.enum(['automatic', 'on-approval']);
export type Joining = z.infer<typeof Joining>;

/**
 * Which sealed points are kept: the newest `last`, and beyond them the newest of each of so many hours, days and weeks (Monday to Sunday, UTC) that have
 * points.
 */
export const Retention = z.object({
  last: z.number().int().min(1).max(1000),
  hourly: z.number().int().min(0).max(1000).optional(),
  daily: z.number().int().min(0).max(1000).optional(),
  weekly: z.number().int().min(0).max(1000).optional(),
});
export type Retention = z.infer<typeof Retention>;

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

/**
 * How much a group may send at some time: the first that fits now decides; where none fits there is no limit. From `from` until `to`, past midnight too (then
 * `days` are those on which it begins).
 */
export const Bandwidth = z.object({
  bytesPerSecond: z.number().int().min(1024),
  days: z.array(Weekday).min(1).optional(),
  from: TimeOfDay.optional(),
  to: TimeOfDay.optional(),
  /** As IANA names it; UTC without one. */
  timeZone: z.string().refine(isTimeZone, 'no time zone of that name').optional(),
});
export type Bandwidth = z.infer<typeof Bandwidth>;

export const Policy = z.object({
  name: Name,
  /** A point is made this often; 0: only when asked. */
  rpoSeconds: z.number().int().min(0),
  /** Sealed points kept; older ones are discarded. */
  keepPoints: z.number().int().min(1).max(1000),
  /** In place of `keepPoints`, which is the simple form of it. */
  keep: Retention.optional(),
  /** The least that points should achieve; one that achieved less is sealed all the same, and said to. */
  consistency: ConsistencyLevel.optional(),
  bandwidth: z.array(Bandwidth).optional(),
  /** Metadata older than this is an alarm; without it its age is only measured. */
  metadataRpoSeconds: z.number().int().min(1).optional(),
  /** Automatic, when nothing is said. */
  joining: Joining.optional(),
  rules: PolicyRules,
});
export type Policy = z.infer<typeof Policy>;

export const GroupInput = z.object({
  groupId: z.string().regex(/^[a-z0-9-]{1,63}$/, 'lower-case letters, digits and "-"'),
  name: Name,
  primary: SiteName,
  recovery: SiteName,
  policy: Name,
  members: Members,
  mappings: Mappings.optional(),
});
export type GroupInput = z.infer<typeof GroupInput>;

export const GroupState = z.enum(['protected', 'failing-over', 'failed-over']);

/** When a group's next point begins, and whether its RPO can be kept. Seconds. */
export const GroupSchedule = z.object({
  rpoSeconds: z.number(),
  /** How long a point takes from its start until it is sealed, by the last ones; absent before there are any. */
  expectedSeconds: z.number().optional(),
  /** Absent while a point is being made, or the group is paused or held. */
  nextStartAt: z.string().optional(),
  /** Why the RPO is not kept, or will not be. */
  atRisk: z.string().optional(),
});
export type GroupSchedule = z.infer<typeof GroupSchedule>;

export const Group = GroupInput.extend({
  state: GroupState,
  /** The run that holds the group, when one does. */
  heldBy: z.string().optional(),
  lastPoint: z.object({ pointId: z.string(), requestedAt: z.string(), ageSeconds: z.number() }).optional(),
  /** No points are made by schedule since then. */
  paused: z.object({ since: z.string(), reason: z.string() }).optional(),
  /** Where the policy has an RPO. */
  schedule: GroupSchedule.optional(),
});
export type Group = z.infer<typeof Group>;

export const Point = z.object({
  pointId: z.string(),
  groupId: z.string(),
  state: z.enum(['open', 'sealed', 'discarding', 'discarded']),
  openedAt: z.string(),
  requestedAt: z.string().optional(),
  sealedAt: z.string().optional(),
  consistency: Consistency.optional(),
  /** What the policy wanted, where the point achieved less. */
  consistencyMissed: ConsistencyLevel.optional(),
  metadata: z.string().optional(),
  images: z.array(ImageReplica),
  disks: z.array(DiskReplica),
  /** What of it is gone or in error at the recovery site: it is not served from unless it is named. */
  damage: z.string().optional(),
  pinnedBy: z.array(z.string()),
});
export type Point = z.infer<typeof Point>;

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
