import { z } from 'zod';

/** Values that several messages share. Timestamps are ISO 8601 UTC, sizes GiB or bytes as named, durations as named. */

export const Ref = z.object({ kind: z.string(), id: z.string() });
export type Ref = z.infer<typeof Ref>;

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

export const NamedRef = Ref.extend({ name: z.string() });

export const SiteName = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'letters, digits, "-" and "_", as in clouds.yaml');

export const Name = z.string().min(1).max(100);
