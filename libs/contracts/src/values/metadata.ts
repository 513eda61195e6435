import { z } from 'zod';
import { Finding, NamedRef, Ref } from './common.ts';

/** Entities as they were captured, and over time. */

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
