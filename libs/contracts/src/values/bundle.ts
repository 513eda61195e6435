import { z } from 'zod';
import { Mappings } from './common.ts';
import { Consistency, DiskReplica, ImageReplica } from './disks.ts';
import { Fence } from './plan-parts.ts';
import { PlanWave } from './plan.ts';
import { TrafficSwitch } from './traffic.ts';

/** Recovery without Lifeboat: what a bundle is made of, and what is known of one. */

/** A directory of the host of recovery-execution, or a container of the recovery site's object store. */
export const BundlePlace = z
  .string()
  .max(500)
  .regex(/^(\/.*|swift:[^/?#\s]{1,200})$/, 'a full path, or swift:CONTAINER');

/** Of a policy: in place of the service's settings. */
export const BundlePolicy = z.object({
  to: BundlePlace.optional(),
  /** So many of each group are kept there. */
  keep: z.number().int().min(1).max(1_000).optional(),
  /** Without the user data of servers, which may hold secrets; they start without it then. */
  withoutUserData: z.literal(true).optional(),
  /** None is made by itself. */
  never: z.literal(true).optional(),
});
export type BundlePolicy = z.infer<typeof BundlePolicy>;

const ByPlan = z.object({ name: z.string(), version: z.number().int() });

/** What would be recovered, and by which plan. */
export const BundleSource = z.object({
  groupId: z.string(),
  groupName: z.string(),
  source: z.string(),
  target: z.string(),
  pointId: z.string(),
  requestedAt: z.string(),
  consistency: Consistency,
  metadata: z.string(),
  images: z.array(ImageReplica),
  disks: z.array(DiskReplica),
  mappings: Mappings,
  plan: ByPlan.optional(),
  waves: z.array(PlanWave).optional(),
  /** For people: nobody calls them then. */
  fence: z.array(Fence).optional(),
  traffic: z.array(TrafficSwitch).optional(),
  withoutUserData: z.literal(true).optional(),
});
export type BundleSource = z.infer<typeof BundleSource>;

/** `manifest.json` of a bundle. */
export const BundleManifest = z.object({
  format: z.literal(1),
  group: z.string(),
  groupName: z.string(),
  source: z.string(),
  target: z.string(),
  point: z.string(),
  dataAsOf: z.string(),
  plan: ByPlan.optional(),
  madeAt: z.string(),
  /** SHA-256 of every other file but the signature and its key, hexadecimal. */
  files: z.record(z.string(), z.string()),
});
export type BundleManifest = z.infer<typeof BundleManifest>;

export const Bundle = z.object({
  groupId: z.string(),
  pointId: z.string(),
  plan: ByPlan.optional(),
  /** Where it stands: `<place>/<group>/<name>`. */
  place: z.string(),
  name: z.string(),
  madeAt: z.string(),
  dataAsOf: z.string(),
  calls: z.number().int(),
  /** What a person has to do beside the script. */
  byHand: z.number().int(),
  /** SHA-256 of the key's public half (DER), hexadecimal: what a verification is to show. */
  key: z.string(),
});
export type Bundle = z.infer<typeof Bundle>;
