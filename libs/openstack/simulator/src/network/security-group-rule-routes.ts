import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, remove, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { addressGroupOf } from './address-group-routes.ts';
import { blockOf, cidrOf } from './addresses.ts';
import { invalidInput, missing, neutron } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { SecurityGroup, SecurityGroupRule } from './network-state.ts';
import { bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';

const creatable = [
  'security_group_id',
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
  'description',
  'project_id',
  'tenant_id',
];
const readOnly = ['id', 'normalized_cidr', 'revision_number', 'created_at', 'updated_at', 'tags'];
const withPorts = ['tcp', 'udp', 'dccp', 'sctp', 'udplite', '6', '17', '33', '132', '136'];
const icmp = ['icmp', 'icmpv6', 'ipv6-icmp', '1', '58'];
const protocols = [
  'ah',
  'dccp',
  'egp',
  'esp',
  'gre',
  'hopopt',
  'icmp',
  'igmp',
  'ip',
  'ipip',
  'ipv6-encap',
  'ipv6-frag',
  'ipv6-icmp',
  'icmpv6',
  'ipv6-nonxt',
  'ipv6-opts',
  'ipv6-route',
  'ospf',
  'pgm',
  'rsvp',
  'sctp',
  'tcp',
  'udp',
  'udplite',
  'vrrp',
];

/** A rule by itself shows no tags; within its group it shows them, and the id of its standard attributes. */
export const ruleView = (rule: SecurityGroupRule): Record<string, unknown> => {
  const block = rule.remoteIpPrefix === null ? undefined : blockOf(rule.remoteIpPrefix);
  const { tags: _, ...standard } = standardView(rule);
  return {
    id: rule.id,
    tenant_id: rule.projectId,
    security_group_id: rule.groupId,
    ethertype: rule.ethertype,
    direction: rule.direction,
    protocol: rule.protocol,
    port_range_min: rule.portMin,
    port_range_max: rule.portMax,
    remote_ip_prefix: rule.remoteIpPrefix,
    remote_address_group_id: rule.remoteAddressGroupId,
    normalized_cidr: block ? cidrOf(block) : null,
    remote_group_id: rule.remoteGroupId,
    description: rule.description,
    ...standard,
  };
};

function checkPorts(rule: SecurityGroupRule): void {
  const { protocol, portMin, portMax } = rule;
  if (portMin === null && portMax === null) return;
  if (protocol === null)
    throw neutron(400, 'SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  if (icmp.includes(protocol)) {
    if (portMin === null)
      throw neutron(
        400,
        'SecurityGroupMissingIcmpType',
        `ICMP code (port-range-max) ${portMax} is provided but ICMP type (port-range-min) is missing.`,
      );
    return;
  }
  if (!withPorts.includes(protocol))
    throw neutron(
      400,
      'SecurityGroupInvalidProtocolForPort',
      `Ports cannot be specified for protocol ${protocol}. Ports are only supported for tcp, udp, dccp, sctp, udplite.`,
    );
  if (portMin === null || portMax === null || portMin > portMax)
    throw neutron(
      400,
      'SecurityGroupInvalidPortRange',
      'For TCP/UDP protocols, port_range_min must be <= port_range_max',
    );
}

function protocolOf(body: JsonObject): string | null {
  const given = body['protocol'];
  const protocol = typeof given === 'number' ? String(given) : (textOf(body, 'protocol')?.toLowerCase() ?? null);
  if (protocol === null || protocol === 'any') return null;
  if (!protocols.includes(protocol) && !(Number(protocol) >= 0 && Number(protocol) <= 255)) {
    throw neutron(
      400,
      'SecurityGroupRuleInvalidProtocol',
      `Security group rule protocol ${protocol} not supported. Only protocol values [None, ${protocols.map((one) => `'${one}'`).join(', ')}] and integer representations [0 to 255] are supported.`,
    );
  }
  return protocol;
}

function describe(body: JsonObject, group: SecurityGroup, projectId: string): SecurityGroupRule {
  const direction = requiredText(body, 'direction');
  const ethertype = textOf(body, 'ethertype') ?? 'IPv4';
  if (direction !== 'ingress' && direction !== 'egress')
    throw neutron(
      400,
      'HTTPBadRequest',
      `Invalid input for direction. Reason: '${direction}' is not in ['ingress', 'egress'].`,
    );
  if (ethertype !== 'IPv4' && ethertype !== 'IPv6')
    throw neutron(
      400,
      'SecurityGroupRuleInvalidEtherType',
      `Security group rule for ethertype '${ethertype}' not supported. Allowed values are ['IPv4', 'IPv6'].`,
    );
  const remoteIpPrefix = textOf(body, 'remote_ip_prefix') ?? null;
  const block = remoteIpPrefix === null ? undefined : blockOf(remoteIpPrefix);
  if (remoteIpPrefix !== null && block === undefined) throw invalidInput(`'${remoteIpPrefix}' is not a valid CIDR`);
  if (block !== undefined && (block.version === 4) !== (ethertype === 'IPv4'))
    throw neutron(
      400,
      'SecurityGroupRuleParameterConflict',
      `Conflicting value ethertype ${ethertype} for CIDR ${remoteIpPrefix}`,
    );
  return {
    ...newResource(projectId),
    description: textOf(body, 'description') ?? '',
    groupId: group.id,
    direction,
    ethertype,
    protocol: protocolOf(body),
    portMin: numberOf(body, 'port_range_min') ?? null,
    portMax: numberOf(body, 'port_range_max') ?? null,
    remoteIpPrefix,
    remoteGroupId: textOf(body, 'remote_group_id') ?? null,
    remoteAddressGroupId: textOf(body, 'remote_address_group_id') ?? null,
  };
}

/** All addresses and no prefix mean the same. */
const anywhere = (rule: SecurityGroupRule): string =>
  rule.remoteIpPrefix === null || rule.remoteIpPrefix === '0.0.0.0/0' || rule.remoteIpPrefix === '::/0'
    ? ''
    : rule.remoteIpPrefix;

const sameRule = (one: SecurityGroupRule, two: SecurityGroupRule): boolean =>
  (
    [
      'groupId',
      'direction',
      'ethertype',
      'protocol',
      'portMin',
      'portMax',
      'remoteGroupId',
      'remoteAddressGroupId',
    ] as const
  ).every((key) => one[key] === two[key]) && anywhere(one) === anywhere(two);

/** One rule as a request describes it; a rule that says the same already is a conflict that names it. */
function addChecked(cloud: Cloud, call: Call, body: JsonObject): SecurityGroupRule {
  const id = requiredText(body, 'security_group_id');
  const group = cloud.network.groups.get(id);
  if (group === undefined || !owns(call, group)) throw missing('SecurityGroup', id);
  const rule = describe(body, group, projectFor(call, body, 'create_security_group_rule'));
  if ([rule.remoteIpPrefix, rule.remoteGroupId, rule.remoteAddressGroupId].filter((one) => one !== null).length > 1)
    throw neutron(
      400,
      'SecurityGroupMultipleRemoteEntites',
      'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
    );
  if (rule.remoteGroupId !== null && !cloud.network.groups.has(rule.remoteGroupId))
    throw missing('SecurityGroup', rule.remoteGroupId);
  if (rule.remoteAddressGroupId !== null) addressGroupOf(cloud, call, rule.remoteAddressGroupId);
  checkPorts(rule);
  const existing = cloud.network.rules.find((one) => sameRule(one, rule));
  if (existing !== undefined)
    throw neutron(409, 'SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${existing.id}.`);
  checkNetworkQuota(cloud, rule.projectId, 'security_group_rule');
  touch(group);
  return cloud.network.rules.add(rule);
}

function ruleOf(cloud: Cloud, call: Call): SecurityGroupRule {
  const rule = cloud.network.rules.get(call.params['id']);
  if (rule === undefined || !owns(call, rule)) throw missing('SecurityGroupRule', call.params['id']);
  return rule;
}

export const securityGroupRuleRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/security-group-rules', (call) =>
    ok(
      networkList(
        call,
        'security_group_rules',
        cloud.network.rules.filter((one) => owns(call, one)),
        (one) => ruleView(one),
      ),
    ),
  ),
  post('/v2.0/security-group-rules', (call) => {
    const rule = addChecked(cloud, call, bodyOf(call, 'security_group_rule', creatable, readOnly));
    return created({ security_group_rule: ruleView(rule) });
  }),
  get('/v2.0/security-group-rules/{id}', (call) =>
    ok({ security_group_rule: chosenFields(ruleView(ruleOf(cloud, call)), call) }),
  ),
  remove('/v2.0/security-group-rules/{id}', (call) => {
    const rule = ruleOf(cloud, call);
    cloud.network.rules.delete(rule.id);
    const group = cloud.network.groups.get(rule.groupId);
    if (group !== undefined) touch(group);
    return noContent();
  }),
];
