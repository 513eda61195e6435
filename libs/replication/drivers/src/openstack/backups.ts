import type { Cloud } from '@lifeboat/openstack-client';
import { deterministicId } from '@lifeboat/kernel';
import { tagsOf } from '@lifeboat/replication-driver-api';
import type { Mark } from '@lifeboat/replication-driver-api';
import { found, withRemembered } from './remembered.ts';
import { oldestFirst } from './volumes.ts';

export interface Backup {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: string;
  readonly fail_reason?: string | null;
  readonly has_dependent_backups: boolean;
  readonly is_incremental: boolean;
  /** GiB. */
  readonly size: number;
  readonly created_at: string;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** A backup's metadata do not travel with its record, its name and description do: so the name is a mark. */
export const backupName = (mark: Mark): string => `lifeboat-${deterministicId(...tagsOf(mark))}`;

export async function findBackups(cloud: Cloud, mark: Mark, remembered?: string): Promise<readonly Backup[]> {
  const name = backupName(mark);
  const listed: Backup[] = [];
  for await (const backup of cloud.volume.list<Backup>('/backups/detail', 'backups', { query: { name } }))
    if (backup.name === name) listed.push(backup);
  return withRemembered(oldestFirst(listed), remembered, (id) => showBackup(cloud, id));
}

const showBackup = async (cloud: Cloud, id: string): Promise<Backup> =>
  (await cloud.volume.get<{ backup: Backup }>(`/backups/${id}`)).backup;

export const readBackup = (cloud: Cloud, id: string): Promise<Backup | undefined> => found(showBackup(cloud, id));

/** What one Cinder needs to know of another's backup. `parentId` is read out of it: the API shows it nowhere else. */
export interface BackupRecord {
  readonly service: string;
  readonly url: string;
  readonly parentId: string | undefined;
}

export async function exportRecord(cloud: Cloud, id: string): Promise<BackupRecord> {
  const { 'backup-record': record } = await cloud.volume.get<{
    'backup-record': { backup_service: string; backup_url: string };
  }>(`/backups/${id}/export_record`);
  const kept = JSON.parse(Buffer.from(record.backup_url, 'base64').toString('utf8')) as { parent_id?: string | null };
  return { service: record.backup_service, url: record.backup_url, parentId: kept.parent_id ?? undefined };
}

/** The backup keeps its id; it lands in the project that our credentials are scoped to. Admin only. */
export async function importRecord(cloud: Cloud, record: BackupRecord): Promise<void> {
  await cloud.volume.post('/backups/import_record', {
    'backup-record': { backup_service: record.service, backup_url: record.url },
  });
}

/** `retired`: its point is gone, but later backups build on it. */
const RETIRED = 'lifeboat_retired';

export const isRetired = (backup: Backup): boolean => backup.metadata?.[RETIRED] === 'yes';

export async function retireBackup(cloud: Cloud, backup: Backup): Promise<void> {
  if (isRetired(backup)) return;
  await cloud.volume.put(`/backups/${backup.id}`, { backup: { metadata: { ...backup.metadata, [RETIRED]: 'yes' } } });
}
