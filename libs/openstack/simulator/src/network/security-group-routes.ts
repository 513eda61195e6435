import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, requiredText, textOf } from '../http/fields.ts';
import { defaultGroup, makeGroup } from './default-group.ts';
import { missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { SecurityGroup } from './network-state.ts';
import { applyNames, bodyOf, owns, projectFor, standardView, touch } from './resource.ts';
import { isShared } from './sharing.ts';
import { ruleView } from './security-group-rule-routes.ts';

const readOnly = ['id', 'security_group_rules', 'revision_number', 'created_at', 'updated_at', 'tags', 'shared'];

export function groupOf(cloud: Cloud, call: Call, id: string | undefined): SecurityGroup {
  const group = cloud.network.groups.get(id);
  if (group === undefined || !(owns(call, group) || isShared(cloud, call, group.id)))
    throw missing('SecurityGroup', id);
  return group;
}

const view = (cloud: Cloud, call: Call, group: SecurityGroup): Record<string, unknown> => ({
  id: group.id,
  name: group.name,
  stateful: group.stateful,
  tenant_id: group.projectId,
  description: group.description,
  shared: isShared(cloud, call, group.id),
  security_group_rules: cloud.network.rules
    .filter((rule) => rule.groupId === group.id)
    .map((rule) => ({ ...ruleView(rule), standard_attr_id: 33, tags: rule.tags })),
  ...standardView(group),
});

function create(cloud: Cloud, call: Call): SecurityGroup {
  const body = bodyOf(call, 'security_group', ['name', 'description', 'stateful', 'project_id', 'tenant_id'], readOnly);
  const projectId = projectFor(call, body, 'create_security_group');
  defaultGroup(cloud, projectId);
  const name = requiredText(body, 'name');
  if (name === 'default')
    throw neutron(409, 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  checkNetworkQuota(cloud, projectId, 'security_group');
  checkNetworkQuota(cloud, projectId, 'security_group_rule', 2);
  return makeGroup(cloud, projectId, name, textOf(body, 'description') ?? '', flagOf(body, 'stateful') ?? true);
}

function own(cloud: Cloud, call: Call, rule: string): SecurityGroup {
  const group = groupOf(cloud, call, call.params['id']);
  if (!owns(call, group)) throw notByPolicy(rule);
  return group;
}

function update(cloud: Cloud, call: Call): SecurityGroup {
  const group = own(cloud, call, 'update_security_group');
  const body = bodyOf(
    call,
    'security_group',
    ['name', 'description', 'stateful'],
    [...readOnly, 'project_id', 'tenant_id'],
  );
  if (group.name === 'default' && 'name' in body)
    throw neutron(409, 'SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.');
  applyNames(group, body);
  group.stateful = flagOf(body, 'stateful') ?? group.stateful;
  touch(group);
  return group;
}

/** Takes its rules along, and the rules of others that point at it. */
function destroy(cloud: Cloud, call: Call, group: SecurityGroup): void {
  if (cloud.network.ports.some((port) => port.securityGroups.includes(group.id)))
    throw neutron(409, 'SecurityGroupInUse', `Security Group ${group.id} in use.`);
  if (group.name === 'default' && !call.who.isAdmin)
    throw neutron(409, 'SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
  for (const rule of cloud.network.rules.filter((one) => one.groupId === group.id || one.remoteGroupId === group.id))
    cloud.network.rules.delete(rule.id);
  for (const one of cloud.network.rbacPolicies.filter(({ objectId }) => objectId === group.id))
    cloud.network.rbacPolicies.delete(one.id);
  cloud.network.groups.delete(group.id);
}

export const securityGroupRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/security-groups', (call) => {
    if (call.who.projectId !== '')
      defaultGroup(cloud, call.query.get('project_id') ?? call.query.get('tenant_id') ?? call.who.projectId);
    return ok(
      networkList(
        call,
        'security_groups',
        cloud.network.groups.filter((one) => owns(call, one) || isShared(cloud, call, one.id)),
        (one) => view(cloud, call, one),
      ),
    );
  }),
  post('/v2.0/security-groups', (call) => created({ security_group: view(cloud, call, create(cloud, call)) })),
  get('/v2.0/security-groups/{id}', (call) =>
    ok({ security_group: chosenFields(view(cloud, call, groupOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/security-groups/{id}', (call) => ok({ security_group: view(cloud, call, update(cloud, call)) })),
  remove('/v2.0/security-groups/{id}', (call) => {
    destroy(cloud, call, own(cloud, call, 'delete_security_group'));
    return noContent();
  }),
];
