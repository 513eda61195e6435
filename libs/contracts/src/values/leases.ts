import { z } from 'zod';
import { Name, SiteName } from './common.ts';
import { NamedServer } from './plan-parts.ts';

/** What a hub and the fence agents of its sites tell each other of leases. */

/** One that an agent stopped by itself, and nobody has started since. */
export const StoppedByAgent = NamedServer.extend({ at: z.string() });
export type StoppedByAgent = z.infer<typeof StoppedByAgent>;

/** A lease as the agent has it, on its disk. */
export const LeaseReport = z.object({
  groupId: z.string(),
  fenceToken: z.number().int(),
  ttlSeconds: z.number().int(),
  /** It has not run out, nor been refused. */
  held: z.boolean(),
  /** Once it had ended: since when, by the agent's clock. */
  lostAt: z.string().optional(),
  /** When no server of the group ran any more. */
  fencedAt: z.string().optional(),
  stopped: z.array(StoppedByAgent),
});
export type LeaseReport = z.infer<typeof LeaseReport>;

/**
 * `granted`: for `ttlSeconds` from the moment the agent had sent its renewal. `refused`: a failover has taken the group, it must not serve there. `released`: the agent
 * has nothing to do with the group any more, and stops nothing.
 */
export const LeaseAnswer = z.discriminatedUnion('outcome', [
  z.object({
    groupId: z.string(),
    outcome: z.literal('granted'),
    fenceToken: z.number().int(),
    ttlSeconds: z.number().int(),
    /** Those that the group has at the site, as last seen; absent while nobody can tell: those told before still count. */
    servers: z.array(NamedServer).optional(),
  }),
  z.object({ groupId: z.string(), outcome: z.literal('refused'), fenceToken: z.number().int() }),
  z.object({ groupId: z.string(), outcome: z.literal('released') }),
]);
export type LeaseAnswer = z.infer<typeof LeaseAnswer>;

/** An agent's lease, as the hub knows it. Times of the hub, but for `lostAt`, `fencedAt` and `stopped`, which the agent tells. */
export const LeaseOfAgent = z.object({
  agent: Name,
  ttlSeconds: z.number().int(),
  grantedAt: z.string(),
  /** Since then the agent has it on its disk; absent when it has never said so. */
  heldSince: z.string().optional(),
  /** It was not renewed in its time. */
  missed: z.boolean(),
  lostAt: z.string().optional(),
  fencedAt: z.string().optional(),
  stopped: z.array(StoppedByAgent),
});
export type LeaseOfAgent = z.infer<typeof LeaseOfAgent>;

/** Of a group whose plan has a lease: who holds it at its primary. */
export const GroupLease = z.object({ site: SiteName, ttlSeconds: z.number().int(), agents: z.array(LeaseOfAgent) });
export type GroupLease = z.infer<typeof GroupLease>;
