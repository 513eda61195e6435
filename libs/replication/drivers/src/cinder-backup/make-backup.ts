import type { LifeboatError } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { textOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, PointOfDisk } from '@lifeboat/replication-driver-api';
import { backupName } from '../openstack/backups.ts';
import type { Backup } from '../openstack/backups.ts';

/** Asks for a backup of the snapshot; `refused` when Cinder has nothing to build an incremental one on. */
export async function requestBackup(
  snapshotId: string,
  incremental: boolean,
  { disk }: PointOfDisk,
  io: DriverIo,
): Promise<'requested' | 'refused'> {
  const own = io.mark('backup');
  const backup = {
    volume_id: disk.id,
    snapshot_id: snapshotId,
    name: backupName(own),
    description: textOf(own),
    metadata: own,
    incremental,
    force: true,
  };
  return io.source.volume.post('/backups', { backup }).then(
    () => 'requested',
    (thrown: LifeboatError) => {
      if (incremental && thrown.kind === 'invalid-input') return 'refused';
      throw thrown;
    },
  );
}

/** Removes a backup or record that Cinder could not make, and says so: the next try makes a new one. */
export async function giveUpBackup(cloud: Cloud, backup: Backup, what: string): Promise<never> {
  await cloud.volume.delete(`/backups/${backup.id}`);
  throw external(
    'backup-broken',
    `${what}: Cinder of ${cloud.site} left backup ${backup.id} in status "${backup.status}"${backup.fail_reason ? ` (${backup.fail_reason})` : ''}.`,
    {
      retry: 'yes',
      data: { site: cloud.site, backup: backup.id },
      mend: `Look for the backup's id in the log of cinder-backup of ${cloud.site}.`,
    },
  );
}
