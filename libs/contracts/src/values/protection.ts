import { z } from 'zod';
import { BundlePolicy } from './bundle.ts';
import { Mappings, Name, Ref, SiteName } from './common.ts';
import { PlanOfGroup } from './plan.ts';
import { CommitWindow } from './runs.ts';
import { Consistency, ConsistencyLevel, DiskReplica, DriverRule, ImageReplica } from './disks.ts';

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
export const PolicyRules = z.object({ drivers: z.array(DriverRule), serverRoot: z.enum(['snapshot', 'image']) });
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
  /** A failover should take no longer; readiness says how long it will. */
  rtoSeconds: z.number().int().min(1).optional(),
  /** Automatic, when nothing is said. */
  joining: Joining.optional(),
  /** A failover commits at once without one. */
  commitWindow: CommitWindow.optional(),
  /** How a point is recovered without Lifeboat is written down after each. */
  bundle: BundlePolicy.optional(),
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
  /** What its runs go by. */
  plan: PlanOfGroup.optional(),
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
