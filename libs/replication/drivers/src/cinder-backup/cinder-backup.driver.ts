import type { Json } from '@lifeboat/kernel';
import { done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type {
  Disk,
  DriverIo,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SnapshotTaken,
  Transferred,
  SitePair,
  Support,
} from '@lifeboat/replication-driver-api';
import { exportRecord, findBackups, importRecord, readBackup } from '../openstack/backups.ts';
import type { Backup } from '../openstack/backups.ts';
import { idIn } from '../openstack/stored.ts';
import { removeSnapshots, takeSnapshot } from '../openstack/snapshots.ts';
import { missing, no, volumeQuotas, volumeSupport } from '../openstack/support.ts';
import { removeVolumes } from '../openstack/volumes.ts';
import { ancestorsOf, asJson, asReplica, mayBuildOn } from './chain.ts';
import { giveUpBackup, requestBackup } from './make-backup.ts';
import { removeBackup, removeRetiredAncestors } from './remove-backup.ts';
import { findRestored, restoreCopy } from './restore-copy.ts';
import { restoreRecipe } from './restore-recipe.ts';

const AGAIN_MS = 1_000;

/** `full`: an incremental backup was refused, or would be of no use at the target. */
type Memo = { readonly full?: boolean; readonly backupId?: string };

/**
 * Incremental Cinder backups in a store that both clouds read; the record of each is carried to the target, where copies are restored from it.
 *
 * The bytes belong to the point: both records lead to them, and either Cinder would delete them. So a point's records go together, and only when no
 * later backup builds on them; until then the target's is marked as retired, and goes with the last that needs it. What the primary's owner
 * deletes there by hand is lost here too: Cinder offers no way to forget a record without its bytes.
 *
 * Cinder does not tell how many bytes it moved, and none move through Lifeboat: `bytes` is 0.
 */
export const cinderBackup: ReplicationDriver = replicationDriver({
  name: 'cinder-backup',
  api: 1,
  summary: 'Incremental Cinder backups in a store that both clouds read.',
  can: {
    consistency: 'crash-per-disk',
    carries: 'bytes',
    incremental: true,
    unplanned: true,
    rollback: 'copies',
    rights: 'admin',
    leavesAtSource: ['backup'],
  },

  supports: (disk: Disk, sites: SitePair): Support => {
    const carried = volumeSupport(disk);
    return carried.ok ? (missing('volume', sites) ?? siteSupport(sites) ?? carried) : carried;
  },
  needs: (disk, verb) => {
    const backup = { 'volume:backups': 1, 'volume:backup_gigabytes': disk.sizeGiB };
    return verb === 'replicate'
      ? {
          source: { ...volumeQuotas(disk, { volumes: 0, snapshots: 1, gigabytes: disk.sizeGiB }), ...backup },
          target: backup,
        }
      : { source: {}, target: volumeQuotas(disk, { volumes: 1, snapshots: 0, gigabytes: disk.sizeGiB }) };
  },

  snapshot: takeSnapshot,
  transfer,
  materialise: restoreCopy,
  recipe: restoreRecipe,
  whereabouts(_disk, replica) {
    const { backupId, chain } = asReplica(replica);
    return {
      parts: [...chain, backupId].map((id) => ({ kind: 'backup', id })),
      next: 'difference',
      why: 'it builds on the newest backup, where the primary still has that',
    };
  },
  async release(_point, copy, _memo, io) {
    return (await removeVolumes(io.target, await findRestored(io.target, io.mark('copy'), copy.name)))
      ? done(null)
      : inProgress(null, AGAIN_MS);
  },
  discard,
});

function siteSupport({ source, target }: SitePair): Support | undefined {
  const member = [source, target].find(({ isAdmin }) => !isAdmin);
  if (member)
    return no(
      `the credentials of ${member.site} are not an administrator's, who alone may export and import backup records`,
    );
  const without = [source, target].find(({ backup }) => !backup);
  if (without) return no(`${without.site} has no backup service that is up`);
  return source.sharedBackupStore && target.sharedBackupStore
    ? undefined
    : no(`${source.site} and ${target.site} are not set up as sharing one backup store`);
}

async function transfer(
  point: PointOfDisk,
  taken: SnapshotTaken,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const memo = (before ?? {}) as Memo;
  const snapshotId = idIn('cinder-backup', taken.snapshot, 'snapshotId');
  const [backup, ...doubles] = await findBackups(io.source, io.mark('backup'), memo.backupId);
  if (!backup) return beginBackup(point, snapshotId, memo, io);
  // What it was to build on is of no use, for whatever reason: its parent's bytes are lost, or the volume grew a moment ago.
  if (backup.status.startsWith('error') && backup.is_incremental) return beginAgain(backup, io);
  if (backup.status.startsWith('error'))
    return giveUpBackup(io.source, backup, `Volume "${point.disk.name}" cannot be backed up`);
  const again = (progress: number) => inProgress({ ...memo, backupId: backup.id }, AGAIN_MS, progress);
  if (backup.status !== 'available' && backup.status !== 'restoring') return again(0.4);
  for (const { id } of doubles) if ((await removeBackup(id, io.source, io.target)) !== 'gone') return again(0.6);
  if (!(await removeSnapshots(io.source, point.disk.id, io.mark('snapshot'), snapshotId))) return again(0.7);
  return carryRecord(backup, point, io);
}

async function beginBackup(point: PointOfDisk, snapshotId: string, memo: Memo, io: DriverIo): Promise<Outcome<never>> {
  const incremental = !memo.full && (await mayBuildOn(point.base, point.disk, io.source));
  const answer = await requestBackup(snapshotId, incremental, point, io);
  return answer === 'refused' ? inProgress({ full: true }, 0, 0.1) : inProgress({ ...memo, ...answer }, AGAIN_MS, 0.1);
}

async function carryRecord(backup: Backup, point: PointOfDisk, io: DriverIo): Promise<Outcome<Transferred>> {
  const again = (progress: number) => inProgress({ backupId: backup.id }, AGAIN_MS, progress);
  const imported = await readBackup(io.target, backup.id);
  if (imported?.status.startsWith('error'))
    return giveUpBackup(io.target, imported, `The record of the backup of "${point.disk.name}" cannot be imported`);
  if (imported && imported.status !== 'available' && imported.status !== 'restoring') return again(0.9);
  const record = await exportRecord(io.source, backup.id);
  const chain = await ancestorsOf(record, point.base, io.source, io.target);
  if (imported && chain) return done({ replica: asJson({ backupId: backup.id, chain }), bytes: 0 });
  if (!chain) return beginAgain(backup, io);
  await importRecord(io.target, record);
  return again(0.8);
}

/** Built on what is of no use, or what the target does not have. */
async function beginAgain(backup: Backup, io: DriverIo): Promise<Outcome<never>> {
  await io.source.volume.delete(`/backups/${backup.id}`);
  return inProgress({ full: true }, AGAIN_MS, 0.1);
}

async function discard(
  point: PointOfDisk,
  replica: Json | undefined,
  { sourceLost }: { readonly sourceLost: boolean },
  _memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<null>> {
  const source = sourceLost ? undefined : io.source;
  const mark = io.mark('backup');
  const found = [...(source ? await findBackups(source, mark) : []), ...(await findBackups(io.target, mark))].map(
    ({ id }) => id,
  );
  const known = replica === undefined ? undefined : asReplica(replica);
  for (const id of new Set([...(known ? [known.backupId] : []), ...found]))
    if ((await removeBackup(id, source, io.target)) === 'waiting') return inProgress(null, AGAIN_MS);
  if (known && !(await removeRetiredAncestors(known.chain, source, io.target))) return inProgress(null, AGAIN_MS);
  if (source && !(await removeSnapshots(source, point.disk.id, io.mark('snapshot')))) return inProgress(null, AGAIN_MS);
  return done(null);
}
