import type { Json } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, inProgress, textOf } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Mark, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { readBackup } from '../openstack/backups.ts';
import { settledCopy } from '../openstack/copies.ts';
import { createVolume, findVolumes, giveUpBroken, oldestFirst, placeOf } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { asReplica } from './chain.ts';

const AGAIN_MS = 1_000;
/** Written while the backup is restored: tells a restored volume from an empty one when nobody remembers. */
export const RESTORED = 'lifeboat_restored';

/**
 * A restore puts the *source* volume's metadata in the place of ours, mark and all; a name and description of its own it leaves alone. So the description
 * bears the mark too until the metadata are set right.
 */
export async function findRestored(
  cloud: Cloud,
  mark: Mark,
  name: string,
  remembered?: string,
): Promise<readonly Volume[]> {
  const marked = await findVolumes(cloud, mark, remembered);
  const named: Volume[] = [];
  for await (const volume of cloud.volume.list<Volume>('/volumes/detail', 'volumes', { query: { name } }))
    if (volume.description === textOf(mark) && !marked.some(({ id }) => id === volume.id)) named.push(volume);
  return oldestFirst([...marked, ...named]);
}

type Memo = { readonly volumeId?: string; readonly restoring?: true };

/** One step: a volume of the right type, then the backup restored into it. */
export async function restoreCopy(
  point: PointOfDisk,
  replica: Json,
  copy: Copy,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const memo = (before ?? {}) as Memo;
  const mark = io.mark('copy');
  const [volume, ...doubles] = await findRestored(io.target, mark, copy.name, memo.volumeId);
  if (!volume) {
    const body = { ...placeOf(point.disk, copy), description: textOf(mark), metadata: mark };
    return inProgress({ volumeId: await createVolume(io.target, body) }, AGAIN_MS, 0.05);
  }
  if (volume.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `A copy of "${point.disk.name}" cannot be restored`);
  const { backupId } = asReplica(replica);
  const settled = volume.metadata[RESTORED] === backupId && bears(volume.metadata, mark);
  if (!settled && ['available', 'restoring-backup'].includes(volume.status))
    return restoreOrSettle(volume, backupId, mark, memo, io);
  return settledCopy(volume, doubles, point.disk, memo, io);
}

/** An available volume of which nobody knows that it was restored is restored again: better twice than empty. */
async function restoreOrSettle(
  volume: Volume,
  backupId: string,
  mark: Mark,
  memo: Memo,
  { target }: DriverIo,
): Promise<Outcome<Materialised>> {
  const settle = () =>
    target.volume.post(`/volumes/${volume.id}/metadata`, { metadata: { ...mark, [RESTORED]: backupId } });
  const restoring: Memo = { volumeId: volume.id, restoring: true };
  const asked = memo.restoring === true && memo.volumeId === volume.id;
  // The source's metadata in the place of ours: the last thing that a restore does.
  const replaced = !bears(volume.metadata, mark);
  if (asked || replaced || volume.status === 'restoring-backup') {
    await settle();
    return inProgress({ ...restoring }, volume.status === 'available' ? 0 : AGAIN_MS, 0.5);
  }
  if (!(await beginRestore(target, backupId, volume.id))) return inProgress({ volumeId: volume.id }, AGAIN_MS, 0.1);
  await settle();
  return inProgress({ ...restoring }, AGAIN_MS, 0.15);
}

/** `false` while another run restores the same backup: Cinder does one at a time. */
async function beginRestore(target: Cloud, backupId: string, volumeId: string): Promise<boolean> {
  const busy = async (): Promise<boolean> => (await readBackup(target, backupId))?.status === 'restoring';
  if (await busy()) return false;
  return target.volume.post(`/backups/${backupId}/restore`, { restore: { volume_id: volumeId } }).then(
    () => true,
    async (thrown: unknown) => {
      if ((thrown as { kind?: string }).kind !== 'invalid-input') throw thrown;
      if (await busy()) return false;
      // Busy a moment ago, or refused for a reason that lasts: the engine tries again, and says this when it gives up.
      throw external('restore-refused', `Cinder of ${target.site} does not restore backup ${backupId} now.`, {
        retry: 'yes',
        cause: thrown,
      });
    },
  );
}
