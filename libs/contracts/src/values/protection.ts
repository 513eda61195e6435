import { z } from 'zod';
import { Approval, PersonName, RequestedKind } from './approval.ts';
import { BundlePolicy } from './bundle.ts';
import { Finding, Mappings, Name, Ref, SiteName } from './common.ts';
import { GroupLease } from './leases.ts';
import { PlanOfGroup } from './plan.ts';
import { CommitWindow, KeepForSeconds } from './runs.ts';
import { TimesOfDay } from './times-of-day.ts';
import { Consistency, ConsistencyLevel, DiskReplica, DriverRule, ImageReplica, Quiesce } from './disks.ts';

/** What is protected, how often and how, and its recovery points. */

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

/** `snapshot`: the root disk of an image-booted server is carried; `image`: it starts from its image again and its writes are dropped. */
export const PolicyRules = z.object({
  drivers: z.array(DriverRule),
  serverRoot: z.enum(['snapshot', 'image']),
  /** Nothing is held still by a hook without it. */
  quiesce: Quiesce.optional(),
});
export type PolicyRules = z.infer<typeof PolicyRules>;

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

/** How much a group may send at some time: the first that fits now decides; where none fits there is no limit. */
export const Bandwidth = TimesOfDay.extend({ bytesPerSecond: z.number().int().min(1024) });
export type Bandwidth = z.infer<typeof Bandwidth>;

const A_YEAR = 366 * 24 * 3600;

/** How often a group is rehearsed by itself. A drill begins when the last one that went through is so old, as soon as the time of day allows it. */
export const DrillSchedule = z.object({
  everySeconds: z.number().int().min(60).max(A_YEAR),
  keepForSeconds: KeepForSeconds.optional(),
  /** Drills begin at no other time. */
  within: TimesOfDay.optional(),
});
export type DrillSchedule = z.infer<typeof DrillSchedule>;

/** What stands at the recovery site before it is needed: `cold`, replicas alone; `warm`, also what of the group costs little there and harms nobody. */
export const Staging = z.enum(['cold', 'warm']);
export type Staging = z.infer<typeof Staging>;

/** What stands staged at a site: how many of each kind, and what they take of its quotas. */
export const Staged = z.object({
  kinds: z.array(z.object({ kind: z.string(), count: z.number().int() })),
  /** `used`: by all of the project; `limit`: -1 where there is none. */
  quotas: z.array(
    z.object({ quota: z.string(), staged: z.number().int(), used: z.number().int(), limit: z.number().int() }),
  ),
});
export type Staged = z.infer<typeof Staged>;

/** What is kept staged of a group. */
export const GroupStaging = Staged.partial().extend({
  site: SiteName,
  /** Since then something stands there. */
  since: z.string().optional(),
  /** When it was last brought in step, with the metadata of which point. */
  inStepAt: z.string().optional(),
  pointId: z.string().optional(),
  /** Why it is not in step. */
  problem: Finding.optional(),
});
export type GroupStaging = z.infer<typeof GroupStaging>;

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
  /** A failover should take no longer; readiness says how long it will. */
  rtoSeconds: z.number().int().min(1).optional(),
  /** Automatic, when nothing is said. */
  joining: Joining.optional(),
  /** A failover commits at once without one. */
  commitWindow: CommitWindow.optional(),
  /** Who asks for a run has it begun at once without it. */
  approval: Approval.optional(),
  /** Only when asked without it. */
  drills: DrillSchedule.optional(),
  /** How a point is recovered without Lifeboat is written down after each. */
  bundle: BundlePolicy.optional(),
  /** Cold, when nothing is said. */
  staging: Staging.optional(),
  rules: PolicyRules,
});
export type Policy = z.infer<typeof Policy>;

export const PolicyView = Policy.extend({
  /** As the caller claims. */
  setBy: PersonName.optional(),
  setAt: z.string().optional(),
});
export type PolicyView = z.infer<typeof PolicyView>;

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

/** How well a group is rehearsed. */
export const GroupDrills = z.object({
  /** When the last drill that went through had begun. */
  provenAt: z.string().optional(),
  /** The last one, when it did not go through. */
  failed: z.object({ runId: z.string(), at: z.string() }).optional(),
  /** When the policy has it rehearsed next. */
  nextAt: z.string().optional(),
});
export type GroupDrills = z.infer<typeof GroupDrills>;

/** The site that a group has left, while it is failed over. */
export const FormerPrimary = z.object({
  site: SiteName,
  leftAt: z.string(),
  /** It was given up for lost: it is quarantined when it answers again. */
  unplanned: z.boolean(),
  /** The run that does, or did. */
  quarantinedBy: z.string().optional(),
});

const AwaitingApproval = z.object({
  runId: z.string(),
  kind: RequestedKind,
  by: PersonName.optional(),
  lapsesAt: z.string(),
});

export const Group = GroupInput.extend({
  state: GroupState,
  /** The run that holds the group, when one does. */
  heldBy: z.string().optional(),
  lastPoint: z.object({ pointId: z.string(), requestedAt: z.string(), ageSeconds: z.number() }).optional(),
  /** No points are made by schedule since then. */
  paused: z.object({ since: z.string(), reason: z.string() }).optional(),
  /** Where the policy has an RPO. */
  schedule: GroupSchedule.optional(),
  /** What its runs go by. */
  plan: PlanOfGroup.optional(),
  /** Where it was rehearsed, or its policy wants it to be. */
  drills: GroupDrills.optional(),
  formerPrimary: FormerPrimary.optional(),
  /** Runs that somebody else has to approve before they begin. */
  awaitingApproval: z.array(AwaitingApproval).optional(),
  /** Where its policy keeps it warm. */
  staging: GroupStaging.optional(),
  /** Where its plan has one. */
  lease: GroupLease.optional(),
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
