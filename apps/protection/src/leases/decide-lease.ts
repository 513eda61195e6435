import type { Lease, LeaseReport } from '@lifeboat/contracts';
import type { GroupRow } from '../groups/group.row.ts';
import type { FenceLeaseRow } from './fence-lease.row.ts';

export type Decision =
  | { readonly outcome: 'granted'; readonly fenceToken: number; readonly ttlSeconds: number }
  | { readonly outcome: 'refused'; readonly fenceToken: number }
  | { readonly outcome: 'released' };

type Group = Pick<GroupRow, 'primary' | 'state' | 'fenceToken'>;

/**
 * What an agent at a site is answered of a group. A failover that has taken the group has it refused, whatever became of its plan meanwhile; where the group is not there, or has no lease, the
 * agent has nothing to do with it. Pure.
 */
export function decideLease(group: Group | null, site: string, lease: Lease | undefined): Decision {
  if (group?.primary !== site) return { outcome: 'released' };
  const { state, fenceToken } = group;
  if (state !== 'protected') return { outcome: 'refused', fenceToken };
  return lease ? { outcome: 'granted', fenceToken, ttlSeconds: lease.ttl } : { outcome: 'released' };
}

type Known = Pick<FenceLeaseRow, 'ttlSeconds' | 'heldSince'>;

/** The longest lease that the agent may have once this one is granted: an answer may be lost, and then what it had before counts. Pure. */
export const longestOf = (ttlSeconds: number, before: Known | null, report: LeaseReport | undefined): number =>
  Math.max(ttlSeconds, report?.ttlSeconds ?? before?.ttlSeconds ?? 0);

/** Since when the agent has it on its disk, by what it says itself: that it was granted does not count. Pure. */
export const heldSince = (before: Known | null, report: LeaseReport | undefined, now: Date): Date | null =>
  before?.heldSince ?? (report?.held ? now : null);

/** How long a failover has still to wait, in milliseconds: never less than the agent's own clock would allow. Pure. */
export const leftOf = (sinceMs: number, ttlSeconds: number, marginSeconds: number): number =>
  Math.max(0, (ttlSeconds + marginSeconds) * 1_000 - sinceMs);
