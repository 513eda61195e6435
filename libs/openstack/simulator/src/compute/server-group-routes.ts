import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, post, remove, type Call, type Route } from '../http/call.ts';
import { numberOf, objectOf, requiredObject, requiredText, textsOf, type JsonObject } from '../http/fields.ts';
import { badRequest, forbidden, notFound } from '../http/refusal.ts';
import { listed } from '../http/paging.ts';
import { uuid } from '../state/identifiers.ts';
import { computeUsage } from './compute-quota.ts';
import { needAdmin } from './compute-policy.ts';
import type { ServerGroup } from './compute-state.ts';

const policies = ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'];

const view = (call: Call, group: ServerGroup): Record<string, unknown> => ({
  id: group.id,
  name: group.name,
  ...(call.minor >= 64 ? { policy: group.policy, rules: group.rules } : { policies: [group.policy], metadata: {} }),
  members: group.members,
  ...(call.minor >= 13 && { project_id: group.projectId, user_id: group.userId }),
});

function policyOf(call: Call, body: JsonObject): string {
  const policy = call.minor >= 64 ? requiredText(body, 'policy') : (textsOf(body, 'policies')?.[0] ?? '');
  if (!policies.includes(policy) || (call.minor < 15 && policy.startsWith('soft-')))
    throw badRequest(
      `Invalid input for field/attribute policy. Value: ${policy}. '${policy}' is not one of [${policies.map((one) => `'${one}'`).join(', ')}]`,
    );
  return policy;
}

function rulesOf(call: Call, body: JsonObject, policy: string): Record<string, number> {
  const most = numberOf(objectOf(body, 'rules'), 'max_server_per_host');
  if (call.minor < 64 || most === undefined) return {};
  if (policy !== 'anti-affinity') throw badRequest('Only anti-affinity policy supports rules.');
  return { max_server_per_host: most };
}

function groupOf(cloud: Cloud, call: Call): ServerGroup {
  const group = cloud.compute.serverGroups.get(call.params['id']);
  if (group === undefined || (!call.who.isAdmin && group.projectId !== call.who.projectId))
    throw notFound(`Instance group ${call.params['id']} could not be found.`);
  return group;
}

function create(cloud: Cloud, call: Call): ServerGroup {
  const body = requiredObject(call.body, 'server_group');
  const { projectId, userId } = call.who;
  const limit = cloud.compute.quotaOf(projectId).server_groups;
  if (limit >= 0 && computeUsage(cloud, projectId).server_groups >= limit)
    throw forbidden('Quota exceeded, too many server groups.');
  const policy = policyOf(call, body);
  return cloud.compute.serverGroups.add({
    id: uuid(),
    born: Date.now(),
    name: requiredText(body, 'name'),
    policy,
    rules: rulesOf(call, body, policy),
    projectId,
    userId,
    members: [],
  });
}

export const serverGroupRoutes = (cloud: Cloud): Route[] => [
  get('/v2.1/os-server-groups', (call) => {
    const all = call.query.has('all_projects');
    if (all) needAdmin(call, 'os-server-groups:index:all_projects');
    const groups = listed(cloud.compute.serverGroups, call).filter(
      (group) => all || group.projectId === call.who.projectId,
    );
    const offset = Number(call.query.get('offset') ?? 0);
    return ok({
      server_groups: groups
        .slice(offset, offset + Number(call.query.get('limit') ?? 1000))
        .map((group) => view(call, group)),
    });
  }),
  post('/v2.1/os-server-groups', (call) => ok({ server_group: view(call, create(cloud, call)) })),
  get('/v2.1/os-server-groups/{id}', (call) => ok({ server_group: view(call, groupOf(cloud, call)) })),
  remove('/v2.1/os-server-groups/{id}', (call) => {
    cloud.compute.serverGroups.delete(groupOf(cloud, call).id);
    return noContent();
  }),
];
