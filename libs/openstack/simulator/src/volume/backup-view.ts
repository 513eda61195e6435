import type { Call } from '../http/call.ts';
import { microsTime } from '../state/identifiers.ts';
import type { Backup } from './volume-state.ts';
import { volumeLinks } from './volume-view.ts';

export const backupSummary = (call: Call, backup: Backup): Record<string, unknown> => ({
  id: backup.id,
  name: backup.name,
  links: volumeLinks(call, 'backups', backup.id),
});

export const backupView = (call: Call, backup: Backup): Record<string, unknown> => ({
  id: backup.id,
  status: backup.status,
  size: backup.size,
  object_count: backup.objectCount,
  availability_zone: backup.zone,
  container: backup.container,
  created_at: microsTime(backup.born),
  updated_at: microsTime(backup.updated),
  name: backup.name,
  description: backup.description,
  fail_reason: backup.failReason,
  volume_id: backup.volumeId,
  links: volumeLinks(call, 'backups', backup.id),
  is_incremental: backup.parentId !== null,
  has_dependent_backups: backup.dependents > 0,
  snapshot_id: backup.snapshotId,
  data_timestamp: microsTime(backup.dataTimestamp),
  ...(call.minor >= 43 && { metadata: backup.metadata }),
  ...(call.minor >= 56 && call.who.isAdmin && { user_id: backup.userId }),
  ...(call.minor >= 18 && call.who.isAdmin && { 'os-backup-project-attr:project_id': backup.projectId }),
});
