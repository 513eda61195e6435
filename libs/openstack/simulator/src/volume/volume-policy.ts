import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { badRequest, forbidden, notFound } from '../http/refusal.ts';
import type { Backup, Snapshot, Volume } from './volume-state.ts';

export function needAdmin(call: Call, rule: string): void {
  if (!call.who.isAdmin) throw forbidden(`Policy doesn't allow ${rule} to be performed.`);
}

export const invalidVolume = (reason: string): Error => badRequest(`Invalid volume: ${reason}`);
export const invalidSnapshot = (reason: string): Error => badRequest(`Invalid snapshot: ${reason}`);
export const invalidBackup = (reason: string): Error => badRequest(`Invalid backup: ${reason}`);

type Reader = Pick<Call['who'], 'isAdmin' | 'projectId'>;

const seen = <T extends { readonly projectId: string }>(item: T | undefined, who: Reader): item is T =>
  item !== undefined && (who.isAdmin || item.projectId === who.projectId);

export function volumeOf(cloud: Cloud, who: Reader, id: string | undefined): Volume {
  const volume = cloud.volume.volumes.get(id);
  if (!seen(volume, who)) throw notFound(`Volume ${id} could not be found.`);
  return volume;
}

export function snapshotOf(cloud: Cloud, who: Reader, id: string | undefined): Snapshot {
  const snapshot = cloud.volume.snapshots.get(id);
  if (!seen(snapshot, who)) throw notFound(`Snapshot ${id} could not be found.`);
  return snapshot;
}

export function backupOf(cloud: Cloud, who: Reader, id: string | undefined): Backup {
  const backup = cloud.volume.backups.get(id);
  if (!seen(backup, who)) throw notFound(`Backup ${id} could not be found.`);
  return backup;
}
