import type { Cloud } from '../cloud.ts';
import { get, ok, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredObject } from '../http/fields.ts';
import { forbidden } from '../http/refusal.ts';
import { needAdmin } from './volume-policy.ts';
import { volumeUsage } from './volume-quota.ts';
import { defaultVolumeQuota, type VolumeQuota } from './volume-state.ts';

const names = Object.keys(defaultVolumeQuota) as (keyof VolumeQuota)[];

/** Per-type quotas are listed too, without limits. */
const perType = (cloud: Cloud): string[] =>
  [...cloud.volume.types].flatMap((type) =>
    ['volumes', 'snapshots', 'gigabytes'].map((kind) => `${kind}_${type.name}`),
  );

function quotaSet(cloud: Cloud, id: string, quota: VolumeQuota, withUsage: boolean): Answer {
  const usage = volumeUsage(cloud, id);
  const shown = (limit: number, used: number): unknown => (withUsage ? { limit, in_use: used, reserved: 0 } : limit);
  return ok({
    quota_set: {
      id,
      ...Object.fromEntries(names.map((name) => [name, shown(quota[name], usage[name])])),
      ...Object.fromEntries(perType(cloud).map((name) => [name, shown(-1, 0)])),
    },
  });
}

function mineOrAdmin(call: Call, id: string, rule: string): void {
  if (id !== call.who.projectId) needAdmin(call, rule);
}

function setQuota(cloud: Cloud, call: Call, id: string): Answer {
  needAdmin(call, 'volume_extension:quotas:update');
  const body = requiredObject(call.body, 'quota_set');
  const quota = { ...cloud.volume.quotaOf(id) };
  for (const name of names) quota[name] = numberOf(body, name) ?? quota[name];
  cloud.volume.quotas.set(id, quota);
  return ok({ quota_set: quota });
}

const absolute = (cloud: Cloud, projectId: string): Record<string, number> => {
  const quota = cloud.volume.quotaOf(projectId);
  const usage = volumeUsage(cloud, projectId);
  return {
    maxTotalVolumes: quota.volumes,
    maxTotalSnapshots: quota.snapshots,
    maxTotalVolumeGigabytes: quota.gigabytes,
    maxTotalBackups: quota.backups,
    maxTotalBackupGigabytes: quota.backup_gigabytes,
    totalVolumesUsed: usage.volumes,
    totalGigabytesUsed: usage.gigabytes,
    totalSnapshotsUsed: usage.snapshots,
    totalBackupsUsed: usage.backups,
    totalBackupGigabytesUsed: usage.backup_gigabytes,
  };
};

export const quotaRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/os-quota-sets/{id}';
  return [
    get(root, (call) => {
      const id = call.params['id'] ?? '';
      mineOrAdmin(call, id, 'volume_extension:quotas:show');
      return quotaSet(cloud, id, cloud.volume.quotaOf(id), call.query.get('usage')?.toLowerCase() === 'true');
    }),
    get(`${root}/defaults`, (call) => quotaSet(cloud, call.params['id'] ?? '', defaultVolumeQuota, false)),
    put(root, (call) => setQuota(cloud, call, call.params['id'] ?? '')),
    remove(root, (call) => {
      needAdmin(call, 'volume_extension:quotas:delete');
      cloud.volume.quotas.delete(call.params['id'] ?? '');
      return { status: 200 };
    }),
    get('/v3/{project}/limits', (call) => {
      const id = call.query.get('project_id') ?? call.who.projectId;
      if (id !== call.who.projectId && !call.who.isAdmin)
        throw forbidden("Policy doesn't allow limits_extension:used_limits to be performed.");
      return ok({ limits: { rate: [], absolute: absolute(cloud, id) } });
    }),
  ];
};
