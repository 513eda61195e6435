import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import {
  asObject,
  numberOf,
  requiredObject,
  requiredText,
  textMapOf,
  textOf,
  type JsonObject,
} from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import { invalidBackup } from './volume-policy.ts';
import type { BackedUpMeta, Backup } from './volume-state.ts';

const driver = 'cinder.backup.drivers.posix.PosixBackupDriver';

/** What another cloud that reads the same store needs to know: all of Cinder's own record, base64 of JSON. */
export function exportRecord(backup: Backup): { backup_service: string; backup_url: string } {
  if (backup.status !== 'available') throw invalidBackup(`Backup status must be available and not ${backup.status}.`);
  const record = {
    id: backup.id,
    user_id: backup.userId,
    project_id: backup.projectId,
    volume_id: backup.volumeId,
    host: 'backup',
    availability_zone: backup.zone,
    container: backup.container,
    parent_id: backup.parentId,
    status: backup.status,
    fail_reason: backup.failReason,
    size: backup.size,
    display_name: backup.name,
    display_description: backup.description,
    service_metadata: `volume_${backup.volumeId}/backup_${backup.id}`,
    service: driver,
    object_count: backup.objectCount,
    temp_volume_id: null,
    temp_snapshot_id: null,
    num_dependent_backups: backup.dependents,
    snapshot_id: backup.snapshotId,
    data_timestamp: microsTime(backup.dataTimestamp),
    restore_volume_id: null,
    backup_metadata: backup.metadata,
    created_at: microsTime(backup.born),
    updated_at: microsTime(backup.updated),
    deleted: false,
    deleted_at: null,
    encryption_key_id: null,
    driver_info: { volume_meta: backup.volumeMeta },
  };
  return { backup_service: driver, backup_url: Buffer.from(JSON.stringify(record)).toString('base64') };
}

function decode(url: string): JsonObject {
  try {
    const record = asObject(JSON.parse(Buffer.from(url, 'base64').toString('utf8')));
    if (textOf(record, 'id') === undefined) throw new Error('no id');
    return record;
  } catch {
    throw badRequest("Invalid input received: Can't parse backup record.");
  }
}

function metaOf(record: JsonObject): BackedUpMeta | undefined {
  const meta = asObject(asObject(record['driver_info'])['volume_meta']);
  if (Object.keys(meta).length === 0) return undefined;
  return {
    bootable: meta['bootable'] === true,
    name: textOf(meta, 'name') ?? null,
    imageMetadata: meta['imageMetadata'] === undefined ? undefined : textMapOf(meta, 'imageMetadata'),
    metadata: textMapOf(meta, 'metadata'),
  };
}

function fill(backup: Backup, record: JsonObject): void {
  const at = Date.parse(`${textOf(record, 'data_timestamp')?.slice(0, 23) ?? ''}Z`);
  Object.assign(backup, {
    status: 'available',
    updated: Date.now(),
    volumeId: textOf(record, 'volume_id') ?? backup.volumeId,
    snapshotId: textOf(record, 'snapshot_id') ?? null,
    parentId: textOf(record, 'parent_id') ?? null,
    size: numberOf(record, 'size') ?? 0,
    container: textOf(record, 'container') ?? 'backups',
    objectCount: numberOf(record, 'object_count') ?? 0,
    // A count that Cinder keeps, and does not set right when a record is imported: it says so of none of a chain's.
    dependents: numberOf(record, 'num_dependent_backups') ?? 0,
    name: textOf(record, 'display_name') ?? null,
    description: textOf(record, 'display_description') ?? null,
    zone: 'nova',
    dataTimestamp: Number.isNaN(at) ? backup.born : at,
    volumeMeta: metaOf(record),
  });
}

/** The backup keeps its id; a second import of the same one is refused. */
export function importRecord(cloud: Cloud, call: Call): Backup {
  const body = requiredObject(call.body, 'backup-record');
  requiredText(body, 'backup_service');
  const record = decode(requiredText(body, 'backup_url'));
  const id = requiredText(record, 'id');
  if (cloud.volume.backups.has(id)) throw invalidBackup('Backup already exists in database.');
  const now = Date.now();
  const backup = cloud.volume.backups.add({
    id,
    born: now,
    updated: now,
    projectId: call.who.projectId,
    userId: call.who.userId,
    volumeId: '0000-0000-0000-0000',
    snapshotId: null,
    parentId: null,
    name: null,
    description: null,
    status: 'creating',
    failReason: null,
    size: 0,
    container: '',
    objectCount: 0,
    dataTimestamp: now,
    zone: null,
    metadata: {},
    dependents: 0,
    volumeMeta: undefined,
  });
  cloud.jobs.later(() => fill(backup, record));
  return backup;
}
