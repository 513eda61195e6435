import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { flagOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { uuid } from '../state/identifiers.ts';
import { backupStore } from './backup-restore.ts';
import { invalidBackup, invalidSnapshot, invalidVolume, snapshotOf, volumeOf } from './volume-policy.ts';
import { reserve } from './volume-quota.ts';
import type { Backup, Snapshot, Volume } from './volume-state.ts';

interface Source {
  readonly volume: Volume;
  readonly snapshot: Snapshot | undefined;
}

function sourceOf(cloud: Cloud, call: Call): Source {
  const body = requiredObject(call.body, 'backup');
  const volume = volumeOf(cloud, call.who, requiredText(body, 'volume_id'));
  const snapshotId = textOf(body, 'snapshot_id');
  const snapshot = snapshotId === undefined ? undefined : snapshotOf(cloud, call.who, snapshotId);
  if (snapshot !== undefined) {
    if (snapshot.volumeId !== volume.id)
      throw invalidVolume(`Volume ${volume.id} does not match with snapshot.volume_id ${snapshot.volumeId}.`);
    if (snapshot.status !== 'available')
      throw invalidSnapshot(
        `Snapshot to be backed up must be available, but the current status is "${snapshot.status}".`,
      );
  } else if (volume.status !== 'available' && volume.status !== 'in-use') {
    throw invalidVolume(
      `Volume to be backed up must be available or in-use, but the current status is "${volume.status}".`,
    );
  } else if (volume.status === 'in-use' && flagOf(body, 'force') !== true) {
    throw invalidVolume('Backing up an in-use volume must use the force flag.');
  }
  return { volume, snapshot };
}

/** The parent Cinder picks: the backup with the latest data, of those older than the snapshot. Nobody can choose another. */
function parentFor(cloud: Cloud, call: Call, source: Source): Backup {
  const all = cloud.volume.backups.filter(
    (one) => one.volumeId === source.volume.id && one.projectId === call.who.projectId,
  );
  const { snapshot } = source;
  const older = snapshot === undefined ? all : all.filter((one) => one.dataTimestamp < snapshot.born);
  // When none is older than the snapshot Cinder does not refuse: it takes one all the same.
  const [parent] = older.length === 0 ? all : older.toSorted((one, two) => two.dataTimestamp - one.dataTimestamp);
  if (parent === undefined) throw invalidBackup('No backups available to do an incremental backup.');
  if (parent.status !== 'available') throw invalidBackup('The parent backup must be available for incremental backup.');
  return parent;
}

async function save(cloud: Cloud, backup: Backup, source: Source, before: string): Promise<void> {
  const disk =
    source.snapshot === undefined
      ? cloud.disks.get('volume', source.volume.id)
      : cloud.disks.get('snapshot', source.snapshot.id);
  try {
    if (disk === undefined) throw new Error('the bytes are gone');
    // Asked for and accepted, and only found by the service that makes it.
    if (backup.size > (cloud.volume.backups.get(backup.parentId)?.size ?? backup.size))
      throw new Error('Invalid backup: Volume size increased since the last backup. Do a full backup.');
    backup.objectCount = await backupStore(cloud).save(backup.id, disk, backup.parentId);
    backup.status = 'available';
    const parent = cloud.volume.backups.get(backup.parentId);
    if (parent !== undefined) parent.dependents += 1;
  } catch (error) {
    Object.assign(backup, { status: 'error', failReason: String(error) });
  }
  (source.snapshot ?? source.volume).status = before;
  backup.updated = Date.now();
}

function describe(call: Call, source: Source, parent: Backup | undefined): Backup {
  const body = requiredObject(call.body, 'backup');
  const now = Date.now();
  const { volume, snapshot } = source;
  return {
    id: uuid(),
    born: now,
    updated: now,
    projectId: call.who.projectId,
    userId: call.who.userId,
    volumeId: volume.id,
    snapshotId: snapshot?.id ?? null,
    parentId: parent?.id ?? null,
    name: textOf(body, 'name') ?? null,
    description: textOf(body, 'description') ?? null,
    status: 'creating',
    failReason: null,
    size: volume.size,
    container: textOf(body, 'container') ?? 'backups',
    objectCount: 0,
    dataTimestamp: snapshot?.born ?? now,
    zone: call.minor >= 51 ? (textOf(body, 'availability_zone') ?? null) : null,
    metadata: call.minor >= 43 ? textMapOf(body, 'metadata') : {},
    dependents: 0,
    volumeMeta: {
      bootable: volume.bootable,
      imageMetadata: volume.imageMetadata,
      metadata: { ...volume.metadata },
      name: volume.name,
    },
  };
}

/** POST /backups: full, or incremental on the parent Cinder picks. */
export function createBackup(cloud: Cloud, call: Call): Backup {
  const source = sourceOf(cloud, call);
  reserve(cloud, call.who.projectId, 'backups', source.volume.size);
  const parent =
    flagOf(requiredObject(call.body, 'backup'), 'incremental') === true ? parentFor(cloud, call, source) : undefined;
  const backup = cloud.volume.backups.add(describe(call, source, parent));
  const held = source.snapshot ?? source.volume;
  const before = held.status;
  held.status = 'backing-up';
  cloud.jobs.later(() => save(cloud, backup, source, before));
  return backup;
}
