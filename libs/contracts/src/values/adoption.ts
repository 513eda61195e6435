import { z } from 'zod';
import { BundleManifest, BundlePlace } from './bundle.ts';
import { Finding, SiteName } from './common.ts';
import { DiskReplica, ImageReplica } from './disks.ts';
import { GroupInput, Point, Policy } from './protection.ts';

/** A home that is rebuilt from its bundles, after the instance that kept it was lost. */

/** One bundle, as it was when it was looked at: whatever is read of it later is of the same, or nothing. */
export const BundleRef = z.object({
  place: BundlePlace,
  /** Whose object store the place is, where it is one. */
  site: SiteName.optional(),
  group: z.string(),
  name: z.string(),
  /** SHA-256 of its manifest, hexadecimal. */
  manifest: z.string(),
});
export type BundleRef = z.infer<typeof BundleRef>;

/** The newest version of a group's plan, as it was applied. */
const HomePlan = z.object({
  name: z.string(),
  version: z.number().int(),
  /** Of its group, when it was applied: its mappings are said from there. */
  primary: SiteName,
  text: z.string(),
  appliedBy: z.string(),
  appliedAt: z.string(),
});

/** What protection keeps of a group, without its points. */
export const Home = z.object({
  group: GroupInput,
  paused: z.object({ since: z.string(), reason: z.string() }).optional(),
  policy: Policy,
  plan: HomePlan.optional(),
});
export type Home = z.infer<typeof Home>;

/** A sealed point, without what other services keep of it. */
export const HomePoint = Point.pick({ pointId: true, openedAt: true, consistencyMissed: true }).extend({
  ...Point.pick({ requestedAt: true, sealedAt: true, consistency: true, metadata: true }).required().shape,
});
export type HomePoint = z.infer<typeof HomePoint>;

const Sealed = z.object({ $sealed: z.string(), digest: z.string() });

/** `adopt.json` of a bundle: all that an instance is to know of a group. What must not be read by everybody is sealed under the instance's key. */
export const BundleHome = Home.extend({
  format: z.literal(1),
  points: z.array(
    HomePoint.extend({
      images: z.array(ImageReplica),
      disks: z.array(DiskReplica.extend({ replica: Sealed })),
      /** Places in `entities`. */
      entities: z.array(z.number().int()),
    }),
  ),
  /** Each version of an entity once, as it was captured. */
  entities: z.array(z.json()),
});
export type BundleHome = z.infer<typeof BundleHome>;

/** A bundle that was looked at; `problem`: why it cannot be used. */
export const FoundBundle = z.object({
  bundle: BundleRef,
  about: BundleManifest.omit({ format: true, files: true }).optional(),
  /** SHA-256 of the public key that signed it (DER), hexadecimal. */
  key: z.string().optional(),
  problem: Finding.optional(),
});
export type FoundBundle = z.infer<typeof FoundBundle>;

/** What of a point stands at the recovery site; `missing`: sentences. */
export const PointStanding = z.object({
  pointId: z.string(),
  standing: z.number().int(),
  missing: z.array(z.string()),
});
export type PointStanding = z.infer<typeof PointStanding>;

/** What becomes of a disk's replicas, as its driver says. */
export const AdoptableDisk = z.object({
  name: z.string(),
  driver: z.string(),
  /** What the next point sends; absent where its replicas cannot be adopted. */
  next: z.enum(['full', 'difference', 'nothing']).optional(),
  why: z.string().optional(),
});
export type AdoptableDisk = z.infer<typeof AdoptableDisk>;

export const AdoptionPoint = z.object({
  pointId: z.string(),
  requestedAt: z.string(),
  /** `damaged`: part of it stands; it is kept, so that nothing of it is orphaned, and served from only when it is named. */
  verdict: z.enum(['adopted', 'damaged', 'left out']),
  why: z.string().optional(),
});
export type AdoptionPoint = z.infer<typeof AdoptionPoint>;

/** What an adoption would do, or why there is none. */
export const AdoptionPreview = z.object({
  groupId: z.string(),
  found: FoundBundle,
  /** Why it is not adopted. */
  refusal: Finding.optional(),
  home: Home.optional(),
  points: z.array(AdoptionPoint),
  disks: z.array(AdoptableDisk),
  /** What bears a mark of the group at the recovery site, and belongs to none of the points: it is left as it is. */
  leftOver: z.array(z.string()),
  /** Worth knowing. */
  warnings: z.array(Finding),
});
export type AdoptionPreview = z.infer<typeof AdoptionPreview>;

/** Where to look for bundles, and which. */
export const AdoptFrom = z.object({
  place: BundlePlace,
  site: SiteName.optional(),
  /** One of them; else the newest of each group. */
  name: z.string().max(300).optional(),
  /** The public key that must have signed them, PEM; without it the one in each, which shows only that its files belong together. */
  key: z.string().max(4_000).optional(),
});
export type AdoptFrom = z.infer<typeof AdoptFrom>;
