import type { Cloud } from '../cloud.ts';
import { Refusal } from '../http/refusal.ts';
import type { VolumeQuota } from './volume-state.ts';

export type VolumeUsage = Record<keyof VolumeQuota, number>;

const sizes = (items: readonly { readonly size: number }[]): number => items.reduce((sum, item) => sum + item.size, 0);

/** What a project uses now. Snapshots count towards gigabytes, as they do by Cinder's defaults. */
export function volumeUsage(cloud: Cloud, projectId: string): VolumeUsage {
  const mine = (item: { readonly projectId: string }): boolean => item.projectId === projectId;
  const volumes = cloud.volume.volumes.filter(mine);
  const snapshots = cloud.volume.snapshots.filter(mine);
  const backups = cloud.volume.backups.filter(mine);
  return {
    volumes: volumes.length,
    snapshots: snapshots.length,
    gigabytes: sizes(volumes) + sizes(snapshots),
    backups: backups.length,
    backup_gigabytes: sizes(backups),
    per_volume_gigabytes: 0,
    groups: cloud.volume.groups.filter(mine).length,
  };
}

const over = (message: string): Refusal => new Refusal(413, message, { headers: { 'retry-after': '0' } });

const words = { volumes: 'volumes', snapshots: 'snapshots', backups: 'backups' } as const;

function tooMany(kind: keyof typeof words, limit: number): Refusal {
  if (kind === 'volumes')
    return over(`VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota 'volumes'.`);
  if (kind === 'snapshots')
    return over(`SnapshotLimitExceeded: Maximum number of snapshots allowed (${limit}) exceeded`);
  return over(`BackupLimitExceeded: Maximum number of backups allowed (${limit}) exceeded`);
}

/** Refuses (413) one more volume, snapshot or backup of `size` GiB when the project has no room for it. */
export function reserve(cloud: Cloud, projectId: string, kind: keyof typeof words, size: number): void {
  const quota = cloud.volume.quotaOf(projectId);
  const usage = volumeUsage(cloud, projectId);
  const bytes = kind === 'backups' ? 'backup_gigabytes' : 'gigabytes';
  checkSize(quota, kind, size);
  if (quota[bytes] >= 0 && usage[bytes] + size > quota[bytes]) {
    throw over(
      kind === 'backups'
        ? `VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. Requested ${size}G, quota is ${quota[bytes]}G and ${usage[bytes]}G has been consumed.`
        : `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${size}G, quota is ${quota[bytes]}G and ${usage[bytes]}G has been consumed.`,
    );
  }
  if (quota[kind] >= 0 && usage[kind] + 1 > quota[kind]) throw tooMany(kind, quota[kind]);
}

function checkSize(quota: VolumeQuota, kind: string, size: number): void {
  if (kind === 'volumes' && quota.per_volume_gigabytes >= 0 && size > quota.per_volume_gigabytes) {
    throw over(
      `VolumeSizeExceedsLimit: Requested volume size ${size}G is larger than maximum allowed limit ${quota.per_volume_gigabytes}G.`,
    );
  }
}

/** Refuses growth by `more` GiB without room for it. */
export function reserveGrowth(cloud: Cloud, projectId: string, more: number): void {
  const quota = cloud.volume.quotaOf(projectId);
  const used = volumeUsage(cloud, projectId).gigabytes;
  if (quota.gigabytes >= 0 && used + more > quota.gigabytes) {
    throw over(
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${more}G, quota is ${quota.gigabytes}G and ${used}G has been consumed.`,
    );
  }
}
