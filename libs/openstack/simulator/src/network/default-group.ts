import type { Cloud } from '../cloud.ts';
import type { SecurityGroup, SecurityGroupRule } from './network-state.ts';
import { newResource } from './resource.ts';

export function addRule(
  cloud: Cloud,
  group: SecurityGroup,
  rule: Partial<SecurityGroupRule> & Pick<SecurityGroupRule, 'direction' | 'ethertype'>,
): SecurityGroupRule {
  return cloud.network.rules.add({
    ...newResource(group.projectId),
    description: null,
    groupId: group.id,
    protocol: null,
    portMin: null,
    portMax: null,
    remoteIpPrefix: null,
    remoteGroupId: null,
    remoteAddressGroupId: null,
    ...rule,
  });
}

/** A new group with the two egress rules Neutron gives each one. */
export function makeGroup(
  cloud: Cloud,
  projectId: string,
  name: string,
  description: string,
  stateful = true,
): SecurityGroup {
  const group = cloud.network.groups.add({ ...newResource(projectId), revision: 1, name, description, stateful });
  for (const ethertype of ['IPv4', 'IPv6'] as const) addRule(cloud, group, { direction: 'egress', ethertype });
  return group;
}

/** Every project has a `default` group from its first use of Neutron on: all out, and in from its own members. */
export function defaultGroup(cloud: Cloud, projectId: string): SecurityGroup {
  const found = cloud.network.groups.find((one) => one.projectId === projectId && one.name === 'default');
  if (found !== undefined) return found;
  const group = makeGroup(cloud, projectId, 'default', 'Default security group');
  for (const ethertype of ['IPv4', 'IPv6'] as const)
    addRule(cloud, group, { direction: 'ingress', ethertype, remoteGroupId: group.id });
  return group;
}
