import type { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Backup } from '../openstack/backups.ts';
import { isRetired, readBackup, retireBackup } from '../openstack/backups.ts';

export type Removal = 'gone' | 'retired' | 'waiting';

const settled = ({ status }: Backup): boolean => status === 'available' || status.startsWith('error');

/**
 * Asks Cinder to delete a backup; `false` when others build on it. Only the refusal tells: `has_dependent_backups` is a count that Cinder raises when
 * the child is finished, and not at all for imported records.
 */
async function askToDelete(cloud: Cloud, id: string): Promise<boolean> {
  return cloud.volume.delete(`/backups/${id}`).then(
    () => true,
    (thrown: LifeboatError) => {
      if (thrown.kind === 'invalid-input') return false;
      throw thrown;
    },
  );
}

/**
 * One step of removing a backup. Both clouds' records lead to the same bytes, so either both go or none: none while another backup builds on it. The primary
 * is asked first, since all that builds on it is known there, a tenant's own backups too, and refuses from the moment that one is begun; with the
 * primary lost the target is, and the primary's record is left: it leads nowhere.
 */
export async function removeBackup(id: string, source: Cloud | undefined, target: Cloud): Promise<Removal> {
  const there = source && (await readBackup(source, id));
  const here = await readBackup(target, id);
  const next = source && there ? { cloud: source, backup: there } : here && { cloud: target, backup: here };
  if (!next) return 'gone';
  // Not under the hands of a restore.
  if (!settled(next.backup) || (here && !settled(here))) return 'waiting';
  if (await askToDelete(next.cloud, id)) return 'waiting';
  if (here) await retireBackup(target, here);
  return 'retired';
}

/** Removes, newest first, those ancestors that were only kept for what is gone now. `true` when none of them is left to remove. */
export async function removeRetiredAncestors(
  chain: readonly string[],
  source: Cloud | undefined,
  target: Cloud,
): Promise<boolean> {
  for (const id of chain.toReversed()) {
    const here = await readBackup(target, id);
    if (here && !isRetired(here)) return true;
    // Gone here and not there: it was retired, and the step between the two clouds was cut off.
    const removal = await removeBackup(id, source, target);
    if (removal !== 'gone') return removal === 'retired';
  }
  return true;
}
