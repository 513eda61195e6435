import type { Cloud } from '../cloud.ts';
import { accepted, created, get, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { asObject, objectOf, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { createBackup } from './backup-create.ts';
import { exportRecord, importRecord } from './backup-record.ts';
import { backupStore, restoreInto } from './backup-restore.ts';
import { backupSummary, backupView } from './backup-view.ts';
import { createVolume, whenBuilt } from './volume-create.ts';
import { volumeList } from './volume-list.ts';
import { backupOf, invalidBackup, invalidVolume, needAdmin, volumeOf } from './volume-policy.ts';
import type { Backup, Volume } from './volume-state.ts';

/** Cinder's API answers a restore into a new volume only when that volume has been made. */
async function restoreTarget(cloud: Cloud, call: Call, backup: Backup): Promise<Volume> {
  const body = asObject(call.body['restore']);
  const id = textOf(body, 'volume_id');
  if (id === undefined) {
    const volume = createVolume(cloud, call.who, {
      size: backup.size,
      name: textOf(body, 'name') ?? `restore_backup_${backup.id}`,
      description: 'auto-created_from_restore_from_backup',
    });
    await whenBuilt(volume);
    return volume;
  }
  const volume = volumeOf(cloud, call.who, id);
  if (volume.status !== 'available') throw invalidVolume('Volume to be restored to must be available');
  if (volume.size < backup.size)
    throw invalidVolume(`volume size ${volume.size} is too small to restore backup of size ${backup.size}.`);
  return volume;
}

async function runRestore(cloud: Cloud, backup: Backup, volume: Volume): Promise<void> {
  try {
    await restoreInto(cloud, backup, volume);
    volume.status = 'available';
  } catch (error) {
    Object.assign(volume, { status: 'error_restoring', fault: String(error) });
  }
  backup.status = 'available';
  volume.updated = Date.now();
}

async function restore(cloud: Cloud, call: Call): Promise<Answer> {
  const backup = backupOf(cloud, call.who, call.params['id']);
  if (backup.status !== 'available') throw invalidBackup('Backup status must be available');
  const volume = await restoreTarget(cloud, call, backup);
  backup.status = 'restoring';
  volume.status = 'restoring-backup';
  cloud.jobs.later(() => runRestore(cloud, backup, volume));
  return accepted({ restore: { backup_id: backup.id, volume_id: volume.id, volume_name: volume.name } });
}

function deleteBackup(cloud: Cloud, backup: Backup, force: boolean): void {
  if (!force && backup.status !== 'available' && backup.status !== 'error')
    throw invalidBackup('Backup status must be available or error');
  // Looked up by parent, not by the count.
  if (cloud.volume.backups.some((one) => one.parentId === backup.id))
    throw invalidBackup('Incremental backups exist for this backup.');
  backup.status = 'deleting';
  cloud.jobs.later(async () => {
    await backupStore(cloud).remove(backup.id);
    cloud.volume.backups.delete(backup.id);
    const parent = cloud.volume.backups.get(backup.parentId);
    if (parent !== undefined && parent.dependents > 0) parent.dependents -= 1;
  });
}

function action(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'volume_extension:backup_admin_actions:reset_status');
  const backup = backupOf(cloud, call.who, call.params['id']);
  if ('os-reset_status' in call.body) backup.status = requiredText(objectOf(call.body, 'os-reset_status'), 'status');
  else if ('os-force_delete' in call.body) deleteBackup(cloud, backup, true);
  else throw badRequest('There is no such action. Verify the request URL and action name.');
  return accepted();
}

function update(cloud: Cloud, call: Call): Answer {
  if (call.minor < 9) throw notFound('The resource could not be found.');
  const backup = backupOf(cloud, call.who, call.params['id']);
  const body = objectOf(call.body, 'backup');
  if ('name' in body) backup.name = textOf(body, 'name') ?? null;
  if ('description' in body) backup.description = textOf(body, 'description') ?? null;
  if (call.minor >= 43 && 'metadata' in body) backup.metadata = textMapOf(body, 'metadata');
  backup.updated = Date.now();
  return ok({ backup: backupSummary(call, backup) });
}

export const backupRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/backups';
  return [
    get(root, (call) =>
      ok(
        volumeList(
          cloud,
          call,
          'backups',
          cloud.volume.backups,
          (one) => backupView(call, one),
          (one) => backupSummary(call, one),
        ),
      ),
    ),
    get(`${root}/detail`, (call) =>
      ok(volumeList(cloud, call, 'backups', cloud.volume.backups, (one) => backupView(call, one))),
    ),
    post(root, (call) => accepted({ backup: backupSummary(call, createBackup(cloud, call)) })),
    post(`${root}/import_record`, (call) => {
      needAdmin(call, 'backup:backup-import');
      return created({ backup: backupSummary(call, importRecord(cloud, call)) });
    }),
    get(`${root}/{id}`, (call) => ok({ backup: backupView(call, backupOf(cloud, call.who, call.params['id'])) })),
    put(`${root}/{id}`, (call) => update(cloud, call)),
    remove(`${root}/{id}`, (call) => {
      deleteBackup(cloud, backupOf(cloud, call.who, call.params['id']), false);
      return accepted();
    }),
    get(`${root}/{id}/export_record`, (call) => {
      needAdmin(call, 'backup:export-import');
      return ok({ 'backup-record': exportRecord(backupOf(cloud, call.who, call.params['id'])) });
    }),
    post(`${root}/{id}/restore`, (call) => restore(cloud, call)),
    post(`${root}/{id}/action`, (call) => action(cloud, call)),
  ];
};
