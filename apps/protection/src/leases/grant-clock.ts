import { newId } from '@lifeboat/kernel';
import { Injectable } from '@nestjs/common';
import type { FenceLeaseRow } from './fence-lease.row.ts';

type Granted = Pick<FenceLeaseRow, 'groupId' | 'site' | 'agent' | 'grantedBy'>;

/**
 * How long ago leases were granted, by a clock that nobody sets. What another process granted, or this one before it was started again, is as if it had been granted when this process first
 * asked: longer is waited, never shorter.
 */
@Injectable()
export class GrantClock {
  /** Of this process alone. */
  readonly process = newId();
  private readonly grants = new Map<string, number>();
  private readonly taken = new Map<string, { readonly fenceToken: number; readonly at: number }>();

  /** Before the transaction that grants it commits: the agent has counted since it had sent its renewal. */
  granted(lease: Omit<Granted, 'grantedBy'>, at = performance.now()): void {
    this.grants.set(keyOf(lease), at);
  }

  /** For a group from which nothing more is granted: a failover has it, under this token. */
  sinceMs(lease: Granted, fenceToken: number, at = performance.now()): number {
    const granted = lease.grantedBy === this.process ? this.grants.get(keyOf(lease)) : undefined;
    return at - (granted ?? this.firstAsked(lease.groupId, fenceToken, at));
  }

  private firstAsked(groupId: string, fenceToken: number, at: number): number {
    const known = this.taken.get(groupId);
    if (known?.fenceToken === fenceToken) return known.at;
    this.taken.set(groupId, { fenceToken, at });
    return at;
  }
}

const keyOf = ({ groupId, site, agent }: Omit<Granted, 'grantedBy'>): string => JSON.stringify([groupId, site, agent]);
