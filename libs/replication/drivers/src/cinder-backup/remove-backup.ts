import type { Cloud } from '@lifeboat/openstack-client';
import type { Backup } from '../openstack/backups.ts';
import { isRetired, readBackup, retireBackup } from '../openstack/backups.ts';

export type Removal = 'gone' | 'retired' | 'waiting';

const settled = ({ status }: Backup): boolean => status === 'available' || status.startsWith('error');

/**
 * One step of removing a backup. Both clouds' records lead to the same bytes, so either both go or none: none while a backup of either cloud builds on it
 * (the primary's is looked at first: it registers a new child before the target hears of it). With the primary lost its record is left; it leads nowhere.
 */
export async function removeBackup(id: string, source: Cloud | undefined, target: Cloud): Promise<Removal> {
  const there = source && (await readBackup(source, id));
  const here = await readBackup(target, id);
  if (there?.has_dependent_backups || here?.has_dependent_backups) {
    if (here) await retireBackup(target, here);
    return 'retired';
  }
  if (!there && !here) return 'gone';
  // At the primary first: from then on no new backup can be built on it.
  if (source && there) {
    if (settled(there)) await source.volume.delete(`/backups/${id}`);
    return 'waiting';
  }
  if (here && settled(here)) await target.volume.delete(`/backups/${id}`);
  return 'waiting';
}

/** Removes, newest first, those ancestors that were only kept for what is gone now. `true` when none of them is left to remove. */
export async function removeRetiredAncestors(
  chain: readonly string[],
  source: Cloud | undefined,
  target: Cloud,
): Promise<boolean> {
  for (const id of chain.toReversed()) {
    const here = await readBackup(target, id);
    if (!here) continue;
    if (!isRetired(here)) return true;
    const removal = await removeBackup(id, source, target);
    if (removal !== 'gone') return removal === 'retired';
  }
  return true;
}
