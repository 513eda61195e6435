import { z } from 'zod';
import { Name, SiteName } from './common.ts';
import { calls, NamedServer, oneOf, Port, Seconds, ServerSelector } from './plan-parts.ts';

/** How those who use a workload are led to where it serves: as a plan says it, and as a run does it. */

const DnsName = z
  .string()
  .max(254)
  .regex(
    /^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+$/,
    'no full name of the DNS, which ends with a dot: www.shop.example.',
  );
const Servers = z.array(ServerSelector).min(1).max(50);

const recordSet = {
  zone: DnsName,
  name: DnsName,
  type: z.enum(['A', 'AAAA']),
  /** Seconds; without it that of the records which stood there. */
  ttl: z.number().int().min(1).max(604_800).optional(),
  /** Whose addresses it tells. */
  servers: Servers,
};
const isIn = ({ zone, name }: { readonly zone: string; readonly name: string }): boolean =>
  `.${name}`.toLowerCase().endsWith(`.${zone}`.toLowerCase());
const outOfZone = { path: ['name'], message: 'is not in the zone' };

const kinds = {
  /** RFC 2136, at one of the DNS servers that the plans file names. */
  record: z
    .strictObject({ at: Name, ...recordSet })
    .refine(isIn, outOfZone)
    .optional(),
  /** At the recovery site where none is named; the way home goes to the same site as the way there. */
  designate: z
    .strictObject({ site: SiteName.optional(), ...recordSet })
    .refine(isIn, outOfZone)
    .optional(),
  /** Of an Octavia pool outside of the group, by its id or name: those that stand for its former addresses. */
  members: z
    .strictObject({ site: SiteName, pool: z.string().min(1).max(255), servers: Servers, port: Port })
    .optional(),
  /** One that the project at the target holds. `server`: by name or id. */
  floatingIp: z.strictObject({ address: z.ipv4('no IPv4 address'), server: z.string().min(1) }).optional(),
  ...calls,
};
const kindNames = Object.keys(kinds);

/** One thing that leads to where the group serves, and is made to lead to where it serves now. */
export const TrafficSwitch = z
  .strictObject({
    ...kinds,
    /** So long it is tried; 300 without it. */
    within: Seconds.optional(),
  })
  .superRefine(oneOf(...kindNames));
export type TrafficSwitch = z.infer<typeof TrafficSwitch>;

/** One whose servers were found in the point that a run serves from. A site is named wherever one is meant. */
export const ResolvedSwitch = z.object({ ...kinds, within: Seconds.optional(), serves: z.array(NamedServer) });
export type ResolvedSwitch = z.infer<typeof ResolvedSwitch>;

/** What became of a switch, for people. */
export const SwitchResult = z.object({
  /** `record www.shop.example. A at ns-1` */
  switch: z.string(),
  /** `put-back`: as it was before the group had left. */
  outcome: z.enum(['switched', 'put-back', 'failed']),
  /** What stood there; absent where nobody can look. */
  before: z.string().optional(),
  after: z.string().optional(),
  at: z.string(),
  /** What whoever was called said; of a failed one why, */
  said: z.string().optional(),
  /** and what to do. */
  mend: z.string().optional(),
});
export type SwitchResult = z.infer<typeof SwitchResult>;
