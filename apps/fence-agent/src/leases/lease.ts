import type { LeaseAnswer, LeaseReport, StoppedByAgent } from '@lifeboat/contracts';
import { z } from 'zod';
import type { Moment } from './clock.ts';

const Server = z.object({ id: z.string(), name: z.string() });

/** The right of a group to serve at this site, as it is kept. */
export const Lease = z.object({
  groupId: z.string(),
  /** A failover that takes the group has a higher one: what was said before it counts no more. */
  fenceToken: z.number().int(),
  ttlSeconds: z.number().int(),
  /** When the renewal was sent that was granted last: the hub counts from when it granted it, which was later. */
  sentUpMs: z.number(),
  sentWallMs: z.number(),
  servers: z.array(Server),
  /** The hub has refused to renew it. */
  refused: z.literal(true).optional(),
  /** Since when it is known to have ended; the servers are stopped from then on. */
  lostAt: z.string().optional(),
  /** When none of them ran any more. What somebody starts after that is theirs to answer for. */
  fencedAt: z.string().optional(),
  /** What was stopped for that, and has not been started since. */
  stopped: z.array(Server.extend({ at: z.string() })),
});
export type Lease = z.infer<typeof Lease>;

/** Pure. Whether the group must not serve any more. */
export const isOver = ({ refused, sentUpMs, ttlSeconds }: Lease, { upMs }: Pick<Moment, 'upMs'>): boolean =>
  refused === true || upMs - sentUpMs >= ttlSeconds * 1_000;

/**
 * What becomes of a lease by the answer to a renewal that was sent at `sent`; `undefined`: there is none. What was said under a lower token than one that is known is as if it had not been
 * said. One of which nobody ever told the servers is none. Pure.
 */
export function answered(before: Lease | undefined, answer: LeaseAnswer, sent: Moment): Lease | undefined {
  if (answer.outcome === 'released') return undefined;
  const { fenceToken } = answer;
  if (before && fenceToken < before.fenceToken) return before;
  if (answer.outcome === 'refused') return before && { ...before, fenceToken, refused: true };
  const servers = answer.servers ?? before?.servers;
  if (!servers) return undefined;
  return {
    groupId: answer.groupId,
    fenceToken,
    ttlSeconds: answer.ttlSeconds,
    sentUpMs: sent.upMs,
    sentWallMs: sent.wallMs,
    servers,
    stopped: before?.stopped ?? [],
  };
}

/**
 * A lease as a process finds it that was started after it was written. In the same boot its age is known. In another one the wall clock tells it; where that cannot be, since it was set
 * back, the lease has run out. Pure.
 */
export function found(lease: Lease, writtenIn: string, { boot, upMs, wallMs }: Moment): Lease {
  const ttlMs = lease.ttlSeconds * 1_000;
  const age = boot === writtenIn ? upMs - lease.sentUpMs : wallMs - lease.sentWallMs;
  return { ...lease, sentUpMs: upMs - (age < 0 ? ttlMs : age) };
}

/** From one renewal to the next, in whole milliseconds: three tries to a lease. Often enough for the hub to be heard soon when it refuses, or grants again. Pure. */
export const renewEveryMs = (leases: readonly Lease[]): number =>
  Math.min(LONGEST_MS, ...leases.map(({ ttlSeconds }) => Math.floor((ttlSeconds * 1_000) / 3)));

const LONGEST_MS = 5_000;

/** Pure. */
export const reportOf = (lease: Lease, at: Pick<Moment, 'upMs'>): LeaseReport => ({
  groupId: lease.groupId,
  fenceToken: lease.fenceToken,
  ttlSeconds: lease.ttlSeconds,
  held: !isOver(lease, at),
  ...(lease.lostAt !== undefined && { lostAt: lease.lostAt }),
  ...(lease.fencedAt !== undefined && { fencedAt: lease.fencedAt }),
  stopped: lease.stopped,
});

/** With this server among those that it stopped, once, by when that was last. Pure. */
export const withStopped = (lease: Lease, server: StoppedByAgent): Lease => ({
  ...lease,
  stopped: [...lease.stopped.filter(({ id }) => id !== server.id), server],
});
