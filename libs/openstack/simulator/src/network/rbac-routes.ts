import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { requiredText, textOf } from '../http/fields.ts';
import type { RbacPolicy } from './extension-resources.ts';
import { invalidInput, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { Resource } from './network-state.ts';
import { bodyOf, newResource, owns, projectFor } from './resource.ts';

const shareable = (cloud: Cloud): Readonly<Record<string, { get(id: string): Resource | undefined }>> => ({
  network: cloud.network.networks,
  qos_policy: cloud.network.qosPolicies,
  security_group: cloud.network.groups,
  address_group: cloud.network.addressGroups,
  subnetpool: cloud.network.subnetPools,
});

const view = (one: RbacPolicy): Record<string, unknown> => ({
  id: one.id,
  tenant_id: one.projectId,
  target_tenant: one.target,
  action: one.action,
  object_id: one.objectId,
  object_type: one.objectType,
  project_id: one.projectId,
});

function policyOf(cloud: Cloud, call: Call): RbacPolicy {
  const policy = cloud.network.rbacPolicies.get(call.params['id']);
  if (policy === undefined || !owns(call, policy)) throw missing('RbacPolicy', call.params['id']);
  return policy;
}

function targetOf(call: Call, target: string, verb: string): string {
  if (target !== '*' && !/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(target))
    throw invalidInput(`'${target}' is not a valid target project ID; expected a UUID or '*'`);
  if (target === '*' && !call.who.isAdmin)
    throw notByPolicy(`${verb}_rbac_policy and rule:${verb}_rbac_policy:target_tenant`);
  return target;
}

function create(cloud: Cloud, call: Call): RbacPolicy {
  const allowed = ['object_type', 'object_id', 'target_tenant', 'action', 'project_id', 'tenant_id'];
  const body = bodyOf(call, 'rbac_policy', allowed, ['id']);
  const [objectType, objectId] = [requiredText(body, 'object_type'), requiredText(body, 'object_id')];
  const store = shareable(cloud)[objectType];
  if (store === undefined) throw invalidInput(`'${objectType}' is not a valid RBAC object type`);
  const action = requiredText(body, 'action');
  const actions = objectType === 'network' ? ['access_as_external', 'access_as_shared'] : ['access_as_shared'];
  if (!actions.includes(action))
    throw invalidInput(
      `Invalid action '${action}' for object type '${objectType}'. Valid actions: ${actions.join(', ')}`,
    );
  const target = targetOf(call, requiredText(body, 'target_tenant'), 'create');
  const object = store.get(objectId);
  if (object === undefined) throw neutron(404, 'ObjectNotFound', `Object ${objectId} not found.`);
  if (!owns(call, object)) throw invalidInput('Only admins can manipulate policies on objects they do not own');
  const same = (one: RbacPolicy): boolean =>
    one.objectId === objectId && one.target === target && one.action === action;
  if (cloud.network.rbacPolicies.some(same))
    throw neutron(409, 'DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
  const projectId = projectFor(call, body, 'create_rbac_policy');
  checkNetworkQuota(cloud, projectId, 'rbac_policy');
  return cloud.network.rbacPolicies.add({ ...newResource(projectId), objectType, objectId, action, target });
}

function update(cloud: Cloud, call: Call): RbacPolicy {
  const policy = policyOf(cloud, call);
  const readOnly = ['id', 'object_type', 'object_id', 'action', 'project_id', 'tenant_id'];
  const body = bodyOf(call, 'rbac_policy', ['target_tenant'], readOnly);
  policy.target = targetOf(call, textOf(body, 'target_tenant') ?? policy.target, 'update');
  return policy;
}

/** Projects that use an object of each type. */
function usersOf(cloud: Cloud, { objectType, objectId: id }: RbacPolicy): ReadonlySet<string> {
  const { network } = cloud;
  const usersBy: Readonly<Record<string, () => readonly Resource[]>> = {
    // Of a network only those of others count.
    network: () => network.portsOf(id).filter(({ projectId }) => projectId !== network.networks.get(id)?.projectId),
    subnetpool: () => network.subnets.filter(({ subnetPoolId }) => subnetPoolId === id),
    address_group: () => network.rules.filter(({ remoteAddressGroupId }) => remoteAddressGroupId === id),
    security_group: () => network.ports.filter(({ securityGroups }) => securityGroups.includes(id)),
    qos_policy: () =>
      [...network.networks, ...network.ports, ...network.floatingIps].filter(({ qosPolicyId }) => qosPolicyId === id),
  };
  const users = usersBy[objectType]?.() ?? [];
  return new Set(users.map(({ projectId }) => projectId).filter((projectId) => projectId !== ''));
}

/** A policy stays while it is what lets somebody use the object; for all but networks the owner counts as one of those whom a policy for all lets. */
function inUse(cloud: Cloud, policy: RbacPolicy): boolean {
  const users = usersOf(cloud, policy);
  const others = cloud.network.rbacPolicies
    .filter(({ id, objectId, action }) => id !== policy.id && objectId === policy.objectId && action === policy.action)
    .map(({ target }) => target);
  if (policy.action !== 'access_as_shared') return false;
  if (policy.target === '*') return [...users].some((user) => !others.includes(user));
  return users.has(policy.target) && !others.includes('*');
}

function destroy(cloud: Cloud, policy: RbacPolicy): void {
  const owner = shareable(cloud)[policy.objectType]?.get(policy.objectId)?.projectId;
  if (policy.target !== owner && inUse(cloud, policy))
    throw neutron(
      409,
      'RbacPolicyInUse',
      `RBAC policy on object ${policy.objectId} cannot be removed because other objects depend on it.\nDetails: project_id=${policy.target}`,
    );
  cloud.network.rbacPolicies.delete(policy.id);
}

export const rbacRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/rbac-policies', (call) =>
    ok(
      networkList(
        call,
        'rbac_policies',
        cloud.network.rbacPolicies.filter((one) => owns(call, one)),
        view,
      ),
    ),
  ),
  post('/v2.0/rbac-policies', (call) => created({ rbac_policy: view(create(cloud, call)) })),
  get('/v2.0/rbac-policies/{id}', (call) => ok({ rbac_policy: chosenFields(view(policyOf(cloud, call)), call) })),
  put('/v2.0/rbac-policies/{id}', (call) => ok({ rbac_policy: view(update(cloud, call)) })),
  remove('/v2.0/rbac-policies/{id}', (call) => {
    destroy(cloud, policyOf(cloud, call));
    return noContent();
  }),
];
