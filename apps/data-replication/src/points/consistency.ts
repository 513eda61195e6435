import type { Consistency } from '@lifeboat/contracts';
import type { SnapshotTaken } from '@lifeboat/replication-driver-api';

/**
 * Pure: what was achieved. Snapshots of several disks one after the other are consistent each by itself, however close they lie; across the group only
 * those are that a driver takes in one instant, and a single disk. The skew is the longest that two of the instants can lie apart: an instant is
 * somewhere between the request and the moment that its snapshot was seen complete.
 */
export function achieved(
  taken: readonly Pick<SnapshotTaken, 'requestedAt' | 'completedAt'>[],
  atOnce: boolean,
): Consistency {
  if (taken.length === 0) return { level: 'none' };
  if (taken.length === 1) return { level: 'crash-across-group', skewMs: 0 };
  const first = Math.min(...taken.map(({ requestedAt }) => Date.parse(requestedAt)));
  const last = Math.max(...taken.map(({ completedAt }) => Date.parse(completedAt)));
  return { level: atOnce ? 'crash-across-group' : 'crash-per-disk', skewMs: last - first };
}
