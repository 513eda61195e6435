import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, done, inProgress, textOf } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Mark, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { readBackup } from '../openstack/backups.ts';
import { createVolume, findVolumes, giveUpBroken, oldestFirst, placeOf, removeVolumes, setBootable } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { asReplica } from './chain.ts';

const AGAIN_MS = 1_000;
/** Tells a restored volume from an empty one, for whoever finds it without a memo. */
const RESTORED = 'lifeboat_restored';

/**
 * A restore puts the *source* volume's metadata in the place of ours, mark and all; a name and description of its own it leaves alone. So the description
 * bears the mark too until the metadata are set right.
 */
export async function findRestored(cloud: Cloud, mark: Mark, name: string): Promise<readonly Volume[]> {
  const marked = await findVolumes(cloud, mark);
  const named: Volume[] = [];
  for await (const volume of cloud.volume.list<Volume>('/volumes/detail', 'volumes', { query: { name } }))
    if (volume.description === textOf(mark) && !marked.some(({ id }) => id === volume.id)) named.push(volume);
  return oldestFirst([...marked, ...named]);
}

/** One step: a volume of the right type, then the backup restored into it. Called without a memo it restores again rather than trust an empty volume. */
export async function restoreCopy(point: PointOfDisk, replica: Json, copy: Copy, memo: Json | undefined, io: DriverIo): Promise<Outcome<Materialised>> {
  const mark = io.mark('copy');
  const [volume, ...doubles] = await findRestored(io.target, mark, copy.name);
  if (!volume) {
    await createVolume(io.target, { ...placeOf(point.disk, copy), description: textOf(mark), metadata: mark });
    return inProgress(null, AGAIN_MS, 0.05);
  }
  if (volume.status.startsWith('error')) return giveUpBroken(io.target, volume, `A copy of "${point.disk.name}" cannot be restored`);
  if (volume.status === 'restoring-backup') return inProgress({ restoring: volume.id }, AGAIN_MS, 0.5);
  const { backupId } = asReplica(replica);
  if (volume.metadata[RESTORED] !== backupId && volume.status === 'available') return restoreOrSettle(volume, backupId, mark, memo, io);
  if (volume.status !== 'available' && volume.status !== 'in-use') return inProgress(memo ?? null, AGAIN_MS, 0.1);
  if (!(await removeVolumes(io.target, doubles))) return inProgress(memo ?? null, AGAIN_MS, 0.9);
  await setBootable(io.target, volume, point.disk);
  return done({ kind: 'volume', volumeId: volume.id });
}

async function restoreOrSettle(volume: Volume, backupId: string, mark: Mark, memo: Json | undefined, { target }: DriverIo): Promise<Outcome<Materialised>> {
  if ((memo as { readonly restoring?: string } | undefined | null)?.restoring === volume.id) {
    await target.volume.post(`/volumes/${volume.id}/metadata`, { metadata: { ...mark, [RESTORED]: backupId } });
    return inProgress(memo ?? null, 0, 0.95);
  }
  if (!bears(volume.metadata, mark)) {
    // Cinder has put the source's metadata there, which is the last thing a restore does.
    return inProgress({ restoring: volume.id }, 0, 0.9);
  }
  // Another run may be restoring the same backup; Cinder does one at a time.
  if ((await readBackup(target, backupId))?.status === 'restoring') return inProgress(null, AGAIN_MS, 0.1);
  await target.volume.post(`/backups/${backupId}/restore`, { restore: { volume_id: volume.id } });
  return inProgress({ restoring: volume.id }, AGAIN_MS, 0.15);
}
