import type { Consistency } from '@lifeboat/contracts';
import type { SnapshotTaken } from '@lifeboat/replication-driver-api';

type Taken = Pick<SnapshotTaken, 'requestedAt' | 'completedAt' | 'instant' | 'quiesced'>;

/**
 * Pure: what was achieved. Snapshots one after the other are consistent each by itself, however close they lie; across the group only those are that
 * one thing took in one instant, and a single disk. `quiesced` and `application` need every snapshot to say so, or that all of them were
 * asked for and taken while a hook held the application still (`frozen`). The skew is the longest that two
 * of the instants can lie apart: an instant is somewhere between the request and the moment that its snapshot was seen complete.
 */
export function achieved(taken: readonly Taken[], frozen?: 'quiesced' | 'application'): Consistency {
  if (taken.length === 0) return { level: 'none' };
  const atOnce = inOneInstant(taken);
  const skewMs = atOnce ? 0 : widestGap(taken);
  if (frozen === 'application' || taken.every(({ quiesced }) => quiesced === 'application'))
    return { level: 'application', skewMs };
  if (frozen !== undefined || taken.every(({ quiesced }) => quiesced !== undefined))
    return { level: 'quiesced', skewMs };
  return { level: atOnce ? 'crash-across-group' : 'crash-per-disk', skewMs };
}

function inOneInstant(taken: readonly Taken[]): boolean {
  if (taken.length === 1) return true;
  const [first] = taken;
  return first?.instant !== undefined && taken.every(({ instant }) => instant === first.instant);
}

function widestGap(taken: readonly Taken[]): number {
  const first = Math.min(...taken.map(({ requestedAt }) => Date.parse(requestedAt)));
  const last = Math.max(...taken.map(({ completedAt }) => Date.parse(completedAt)));
  return last - first;
}
