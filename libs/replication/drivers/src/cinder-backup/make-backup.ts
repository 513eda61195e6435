import type { LifeboatError } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { textOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, PointOfDisk } from '@lifeboat/replication-driver-api';
import { backupName } from '../openstack/backups.ts';
import type { Backup } from '../openstack/backups.ts';

/** Asks for a backup of the snapshot and answers its id; `refused` when Cinder has nothing to build an incremental one on. */
export async function requestBackup(
  snapshotId: string,
  incremental: boolean,
  { disk }: PointOfDisk,
  io: DriverIo,
): Promise<{ readonly backupId?: string } | 'refused'> {
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
  return io.source.volume.post<{ backup: { readonly id: string } }>('/backups', { backup }).then(
    (made) => ({ backupId: made.backup.id }),
    async (thrown: LifeboatError) => {
      if (thrown.kind !== 'invalid-input') throw thrown;
      // Asked for before, and not shown by the list yet.
      if ((await snapshotStatus(io.source, snapshotId)) === 'backing-up') return {};
      if (incremental) return 'refused';
      throw thrown;
    },
  );
}

const snapshotStatus = async (cloud: Cloud, id: string): Promise<string> =>
  (await cloud.volume.get<{ snapshot: { readonly status: string } }>(`/snapshots/${id}`)).snapshot.status;

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
