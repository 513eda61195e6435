import type { Cloud } from '../cloud.ts';
import { invalidVolume } from './volume-policy.ts';
import type { Snapshot, Volume } from './volume-state.ts';

const deletable = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing'];

const refused = (withStatus: boolean): Error =>
  invalidVolume(
    `Volume ${withStatus ? 'status must be available or error or error_restoring or error_extending or error_managing and ' : ''}must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.`,
  );

/** Deletes later what may be deleted now; `cascade` takes the snapshots along, `force` ignores the state (never attachments). */
export function deleteVolume(cloud: Cloud, volume: Volume, options: { cascade?: boolean; force?: boolean } = {}): void {
  const snapshots = cloud.volume.snapshots.filter((one) => one.volumeId === volume.id);
  const force = options.force ?? false;
  if (volume.groupId !== null) throw refused(!force);
  if (volume.attachments.some((one) => one.status === 'attached') || (!force && !deletable.includes(volume.status)))
    throw refused(!force);
  if (
    options.cascade === true
      ? snapshots.some((one) => !['available', 'error', 'deleting'].includes(one.status))
      : snapshots.length > 0
  )
    throw refused(!force);
  volume.status = 'deleting';
  for (const snapshot of snapshots) snapshot.status = 'deleting';
  cloud.jobs.later(async () => {
    for (const snapshot of snapshots) await dropSnapshot(cloud, snapshot);
    cloud.volume.volumes.delete(volume.id);
    await cloud.disks.remove('volume', volume.id);
  });
}

export async function dropSnapshot(cloud: Cloud, snapshot: Snapshot): Promise<void> {
  cloud.volume.snapshots.delete(snapshot.id);
  await cloud.disks.remove('snapshot', snapshot.id);
}
