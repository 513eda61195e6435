import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, textOf, type JsonObject } from '../http/fields.ts';
import { uuid } from '../state/identifiers.ts';
import { offers } from './network-extensions.ts';
import type { QosPolicy, QosRule } from './extension-resources.ts';
import { httpBadRequest, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';
import { isShared, setShared } from './sharing.ts';

/** The rule types and their fields, with what absence means; `undefined` must be given. */
const RULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  bandwidth_limit: { max_kbps: undefined, max_burst_kbps: 0, direction: 'egress' },
  dscp_marking: { dscp_mark: undefined },
  minimum_bandwidth: { min_kbps: undefined, direction: 'egress' },
};
const readOnly = ['id', 'rules', 'revision_number', 'created_at', 'updated_at', 'tags'];

const mayRead = (cloud: Cloud, call: Call, policy: QosPolicy): boolean =>
  owns(call, policy) || isShared(cloud, call, policy.id);

export function qosPolicyOf(cloud: Cloud, call: Call, id: string | undefined): QosPolicy {
  const policy = cloud.network.qosPolicies.get(id);
  if (policy === undefined || !mayRead(cloud, call, policy)) throw missing('QosPolicy', id);
  return policy;
}

/** The policy that a network's, port's or floating IP's body names: `null` takes it away, `undefined` says nothing. */
export function qosIn(cloud: Cloud, call: Call, body: JsonObject): string | null | undefined {
  if (!('qos_policy_id' in body)) return undefined;
  if (!offers(cloud, 'qos')) throw httpBadRequest("Unrecognized attribute(s) 'qos_policy_id'");
  const id = textOf(body, 'qos_policy_id');
  return id === undefined ? null : qosPolicyOf(cloud, call, id).id;
}

/** The field, where there is QoS at all. */
export const qosView = (cloud: Cloud, one: { readonly qosPolicyId: string | null }): Record<string, unknown> =>
  offers(cloud, 'qos') ? { qos_policy_id: one.qosPolicyId } : {};

const ruleView = ({ id, values }: QosRule): Record<string, unknown> => ({ ...values, id });

const view = (cloud: Cloud, call: Call, policy: QosPolicy): Record<string, unknown> => ({
  id: policy.id,
  name: policy.name,
  tenant_id: policy.projectId,
  shared: isShared(cloud, call, policy.id),
  is_default: policy.isDefault,
  description: policy.description,
  rules: policy.rules.map((rule) => ({ ...ruleView(rule), qos_policy_id: policy.id, type: rule.type })),
  ...standardView(policy),
});

/** By default only administrators make and change policies. */
function adminsOnly(call: Call, rule: string): void {
  if (!call.who.isAdmin) throw notByPolicy(rule);
}

function checkDefault(cloud: Cloud, projectId: string, except?: string): void {
  if (cloud.network.qosPolicies.some((one) => one.projectId === projectId && one.isDefault && one.id !== except))
    throw neutron(409, 'QoSPolicyDefaultAlreadyExists', `A default QoS policy exists for project ${projectId}.`);
}

export function makeQosPolicy(cloud: Cloud, projectId: string, body: JsonObject): QosPolicy {
  const policy = cloud.network.qosPolicies.add({
    ...newResource(projectId, body),
    isDefault: flagOf(body, 'is_default') ?? false,
    rules: [],
  });
  setShared(cloud, 'qos_policy', policy, flagOf(body, 'shared'));
  return policy;
}

function create(cloud: Cloud, call: Call): QosPolicy {
  adminsOnly(call, 'create_policy');
  const allowed = ['name', 'description', 'shared', 'is_default', 'project_id', 'tenant_id'];
  const body = bodyOf(call, 'policy', allowed, readOnly);
  const projectId = projectFor(call, body, 'create_policy');
  if (flagOf(body, 'is_default') === true) checkDefault(cloud, projectId);
  return makeQosPolicy(cloud, projectId, body);
}

function update(cloud: Cloud, call: Call): QosPolicy {
  adminsOnly(call, 'update_policy');
  const policy = qosPolicyOf(cloud, call, call.params['id']);
  const body = bodyOf(
    call,
    'policy',
    ['name', 'description', 'shared', 'is_default'],
    [...readOnly, 'project_id', 'tenant_id'],
  );
  if (flagOf(body, 'is_default') === true) checkDefault(cloud, policy.projectId, policy.id);
  applyNames(policy, body);
  setShared(cloud, 'qos_policy', policy, flagOf(body, 'shared'));
  policy.isDefault = flagOf(body, 'is_default') ?? policy.isDefault;
  touch(policy);
  return policy;
}

function destroy(cloud: Cloud, policy: QosPolicy): void {
  const { networks, ports, floatingIps } = cloud.network;
  const uses = (one: { readonly qosPolicyId: string | null }): boolean => one.qosPolicyId === policy.id;
  const [type, user] = [
    ['network', networks.find(uses)] as const,
    ['port', ports.find(uses)] as const,
    ['floatingip', floatingIps.find(uses)] as const,
  ].find(([, found]) => found !== undefined) ?? ['', undefined];
  if (user !== undefined)
    throw neutron(409, 'QosPolicyInUse', `QoS Policy ${policy.id} is used by ${type} ${user.id}.`);
  for (const one of cloud.network.rbacPolicies.filter(({ objectId }) => objectId === policy.id))
    cloud.network.rbacPolicies.delete(one.id);
  cloud.network.qosPolicies.delete(policy.id);
}

function valuesOf(type: string, body: JsonObject, before: JsonObject = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(RULES[type] ?? {}).map(([key, absent]) => {
      const given = typeof absent === 'string' ? textOf(body, key) : numberOf(body, key);
      const value = given ?? before[key] ?? absent;
      if (value === undefined)
        throw httpBadRequest(`Failed to parse request. Required attribute '${key}' not specified`);
      return [key, value];
    }),
  );
}

function addRule(cloud: Cloud, call: Call, type: string): QosRule {
  adminsOnly(call, `create_policy_${type}_rule`);
  const policy = qosPolicyOf(cloud, call, call.params['id']);
  const keys = Object.keys(RULES[type] ?? {});
  const values = valuesOf(type, bodyOf(call, `${type}_rule`, [...keys, 'project_id', 'tenant_id'], ['id']));
  const same = policy.rules.find((one) => one.type === type && one.values['direction'] === values['direction']);
  if (same !== undefined)
    throw neutron(
      409,
      'QoSRulesConflict',
      `Rule ${type} conflicts with rule ${same.id} which already exists in QoS Policy ${policy.id}.`,
    );
  const rule = { id: uuid(), type, values };
  policy.rules.push(rule);
  touch(policy);
  return rule;
}

function ruleOf(policy: QosPolicy, call: Call, type: string): QosRule {
  const rule = policy.rules.find((one) => one.id === call.params['rule'] && one.type === type);
  if (rule === undefined)
    throw neutron(
      404,
      'QosRuleNotFound',
      `QoS rule ${call.params['rule']} for policy ${policy.id} could not be found.`,
    );
  return rule;
}

function ruleRoutes(cloud: Cloud, type: string): Route[] {
  const [root, key] = [`/v2.0/qos/policies/{id}/${type}_rules`, `${type}_rule`];
  const policyOf = (call: Call): QosPolicy => qosPolicyOf(cloud, call, call.params['id']);
  return [
    get(root, (call) =>
      ok({
        [`${key}s`]: policyOf(call)
          .rules.filter((one) => one.type === type)
          .map(ruleView),
      }),
    ),
    post(root, (call) => created({ [key]: ruleView(addRule(cloud, call, type)) })),
    get(`${root}/{rule}`, (call) => ok({ [key]: ruleView(ruleOf(policyOf(call), call, type)) })),
    put(`${root}/{rule}`, (call) => {
      adminsOnly(call, `update_policy_${type}_rule`);
      const rule = ruleOf(policyOf(call), call, type);
      rule.values = valuesOf(type, bodyOf(call, key, Object.keys(RULES[type] ?? {}), ['id']), rule.values);
      return ok({ [key]: ruleView(rule) });
    }),
    remove(`${root}/{rule}`, (call) => {
      adminsOnly(call, `delete_policy_${type}_rule`);
      const policy = policyOf(call);
      const rule = ruleOf(policy, call, type);
      policy.rules = policy.rules.filter((one) => one !== rule);
      return noContent();
    }),
  ];
}

export const qosRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/qos/policies', (call) =>
    ok(
      networkList(
        call,
        'policies',
        cloud.network.qosPolicies.filter((one) => mayRead(cloud, call, one)),
        (one) => view(cloud, call, one),
      ),
    ),
  ),
  post('/v2.0/qos/policies', (call) => created({ policy: view(cloud, call, create(cloud, call)) })),
  get('/v2.0/qos/policies/{id}', (call) =>
    ok({ policy: chosenFields(view(cloud, call, qosPolicyOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/qos/policies/{id}', (call) => ok({ policy: view(cloud, call, update(cloud, call)) })),
  remove('/v2.0/qos/policies/{id}', (call) => {
    adminsOnly(call, 'delete_policy');
    destroy(cloud, qosPolicyOf(cloud, call, call.params['id']));
    return noContent();
  }),
  get('/v2.0/qos/rule-types', () => ok({ rule_types: Object.keys(RULES).map((type) => ({ type })) })),
  ...Object.keys(RULES).flatMap((type) => ruleRoutes(cloud, type)),
];
