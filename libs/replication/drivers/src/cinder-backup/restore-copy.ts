import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, done, inProgress, textOf } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Mark, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { readBackup } from '../openstack/backups.ts';
import {
  createVolume,
  findVolumes,
  giveUpBroken,
  oldestFirst,
  placeOf,
  removeVolumes,
  setBootable,
} from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { asReplica } from './chain.ts';

const AGAIN_MS = 1_000;
/** Written while the backup is restored: tells a restored volume from an empty one when nobody remembers. */
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

/** One step: a volume of the right type, then the backup restored into it. */
export async function restoreCopy(
  point: PointOfDisk,
  replica: Json,
  copy: Copy,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const mark = io.mark('copy');
  const [volume, ...doubles] = await findRestored(io.target, mark, copy.name);
  if (!volume) {
    await createVolume(io.target, { ...placeOf(point.disk, copy), description: textOf(mark), metadata: mark });
    return inProgress(null, AGAIN_MS, 0.05);
  }
  if (volume.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `A copy of "${point.disk.name}" cannot be restored`);
  const { backupId } = asReplica(replica);
  const settled = volume.metadata[RESTORED] === backupId && bears(volume.metadata, mark);
  if (!settled && ['available', 'restoring-backup'].includes(volume.status))
    return restoreOrSettle(volume, backupId, mark, memo, io);
  if (volume.status !== 'available' && volume.status !== 'in-use') return inProgress(memo ?? null, AGAIN_MS, 0.5);
  if (!(await removeVolumes(io.target, doubles))) return inProgress(memo ?? null, AGAIN_MS, 0.9);
  await setBootable(io.target, volume, point.disk);
  return done({ kind: 'volume', volumeId: volume.id });
}

/** An available volume of which nobody knows that it was restored is restored again: better twice than empty. */
async function restoreOrSettle(
  volume: Volume,
  backupId: string,
  mark: Mark,
  memo: Json | undefined,
  { target }: DriverIo,
): Promise<Outcome<Materialised>> {
  const settle = () =>
    target.volume.post(`/volumes/${volume.id}/metadata`, { metadata: { ...mark, [RESTORED]: backupId } });
  const restoring = { restoring: volume.id };
  const asked = (memo as Partial<typeof restoring> | undefined | null)?.restoring === volume.id;
  // The source's metadata in the place of ours: the last thing that a restore does.
  const replaced = !bears(volume.metadata, mark);
  if (asked || replaced || volume.status === 'restoring-backup') {
    await settle();
    return inProgress(restoring, volume.status === 'available' ? 0 : AGAIN_MS, 0.5);
  }
  if (!(await beginRestore(target, backupId, volume.id))) return inProgress(null, AGAIN_MS, 0.1);
  await settle();
  return inProgress(restoring, AGAIN_MS, 0.15);
}

/** `false` while another run restores the same backup: Cinder does one at a time. */
async function beginRestore(target: Cloud, backupId: string, volumeId: string): Promise<boolean> {
  const busy = async (): Promise<boolean> => (await readBackup(target, backupId))?.status === 'restoring';
  if (await busy()) return false;
  return target.volume.post(`/backups/${backupId}/restore`, { restore: { volume_id: volumeId } }).then(
    () => true,
    async (thrown: unknown) => {
      if ((thrown as { kind?: string }).kind === 'invalid-input' && (await busy())) return false;
      throw thrown;
    },
  );
}
