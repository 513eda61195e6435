import type { Cloud } from '../cloud.ts';
import { BackupStore } from './backup-store.ts';
import type { Backup, Volume } from './volume-state.ts';

export const backupStore = (cloud: Cloud): BackupStore => new BackupStore(cloud.settings.backupDir);

/** The chain a restore needs must be known to this cloud, as Cinder walks it by its own records. */
function checkChain(cloud: Cloud, backup: Backup): void {
  for (let link: Backup | undefined = backup; link !== undefined && link.parentId !== null;) {
    const parent: Backup | undefined = cloud.volume.backups.get(link.parentId);
    if (parent === undefined) throw new Error(`Backup ${link.parentId} could not be found.`);
    link = parent;
  }
}

/** Writes a backup's bytes into a volume that has them all overwritten; what the backup knows of the volume's image comes back too. */
export async function restoreInto(cloud: Cloud, backup: Backup, volume: Volume): Promise<void> {
  checkChain(cloud, backup);
  const disk = await cloud.disks.make('volume', volume.id, volume.size * cloud.settings.gibBytes);
  await backupStore(cloud).restore(backup.id, disk);
  if (backup.volumeMeta === undefined) return;
  // A backup that knows of metadata puts them in the place of the volume's own; one that knows of none leaves those.
  if (Object.keys(backup.volumeMeta.metadata).length > 0) volume.metadata = { ...backup.volumeMeta.metadata };
  volume.bootable = backup.volumeMeta.bootable;
  volume.imageMetadata = backup.volumeMeta.imageMetadata && { ...backup.volumeMeta.imageMetadata };
}
