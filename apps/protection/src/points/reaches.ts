import type { Consistency, ConsistencyLevel } from '@lifeboat/contracts';

const RANK: readonly ConsistencyLevel[] = ['none', 'crash-per-disk', 'crash-across-group', 'quiesced', 'application'];

/**
 * Pure: whether what was achieved is as good as what was wanted. Disks that were quiesced one after the other are not consistent with each other,
 * those of an application that a hook held still all the time are. A point without
 * disks has nothing that could be inconsistent.
 */
export function reaches(wanted: ConsistencyLevel, { level, skewMs = 0, freeze }: Consistency): boolean {
  if (level === 'none') return true;
  if (wanted === 'crash-across-group' && level === 'quiesced') return skewMs === 0 || freeze?.outcome === 'held';
  return RANK.indexOf(level) >= RANK.indexOf(wanted);
}
