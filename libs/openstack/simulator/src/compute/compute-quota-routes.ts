import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredObject } from '../http/fields.ts';
import { needAdmin } from './compute-policy.ts';
import { computeUsage } from './compute-quota.ts';
import { defaultComputeQuota, type ComputeQuota } from './compute-state.ts';

const names = Object.keys(defaultComputeQuota) as (keyof ComputeQuota)[];

function quotaSet(cloud: Cloud, id: string, quota: ComputeQuota, detail: boolean): Answer {
  const usage = computeUsage(cloud, id);
  return ok({
    quota_set: {
      id,
      ...Object.fromEntries(
        names.map((name) => [name, detail ? { limit: quota[name], in_use: usage[name], reserved: 0 } : quota[name]]),
      ),
    },
  });
}

function limits(cloud: Cloud, call: Call): unknown {
  const id = call.query.get('tenant_id') ?? call.who.projectId;
  if (id !== call.who.projectId) needAdmin(call, 'limits:other_project');
  const quota = cloud.compute.quotaOf(id);
  const usage = computeUsage(cloud, id);
  return {
    limits: {
      rate: [],
      absolute: {
        maxTotalInstances: quota.instances,
        maxTotalCores: quota.cores,
        maxTotalRAMSize: quota.ram,
        maxTotalKeypairs: quota.key_pairs,
        maxServerMeta: quota.metadata_items,
        maxServerGroups: quota.server_groups,
        maxServerGroupMembers: quota.server_group_members,
        totalInstancesUsed: usage.instances,
        totalCoresUsed: usage.cores,
        totalRAMUsed: usage.ram,
        totalServerGroupsUsed: usage.server_groups,
        ...(call.minor < 57 && { maxImageMeta: 128, maxPersonality: 5, maxPersonalitySize: 10_240 }),
      },
    },
  };
}

export const computeQuotaRoutes = (cloud: Cloud): Route[] => {
  const root = '/v2.1/os-quota-sets/{id}';
  const show = (call: Call, detail: boolean): Answer => {
    const id = call.params['id'] ?? '';
    if (id !== call.who.projectId) needAdmin(call, 'os-quota-sets:show');
    return quotaSet(cloud, id, cloud.compute.quotaOf(id), detail);
  };
  return [
    get(root, (call) => show(call, false)),
    get(`${root}/detail`, (call) => show(call, true)),
    get(`${root}/defaults`, (call) => quotaSet(cloud, call.params['id'] ?? '', defaultComputeQuota, false)),
    put(root, (call) => {
      needAdmin(call, 'os-quota-sets:update');
      const id = call.params['id'] ?? '';
      const body = requiredObject(call.body, 'quota_set');
      const quota = { ...cloud.compute.quotaOf(id) };
      for (const name of names) quota[name] = numberOf(body, name) ?? quota[name];
      cloud.compute.quotas.set(id, quota);
      return ok({ quota_set: quota });
    }),
    remove(root, (call) => {
      needAdmin(call, 'os-quota-sets:delete');
      cloud.compute.quotas.delete(call.params['id'] ?? '');
      return accepted();
    }),
    get('/v2.1/limits', (call) => ok(limits(cloud, call))),
  ];
};
