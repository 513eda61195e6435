import type { Cloud } from '../cloud.ts';
import { secondsTime } from '../state/identifiers.ts';
import type { LoadBalancer, TreeNode } from './load-balancer-state.ts';

type View = Record<string, unknown>;

const idOnly = (nodes: readonly { readonly id: string }[]): View[] => nodes.map(({ id }) => ({ id }));

/** Octavia's times have no zone. */
const timeOf = (ms: number | null): string | null => (ms === null ? null : secondsTime(ms).slice(0, -1));

const commonOf = (one: LoadBalancer | TreeNode): View => ({
  id: one.id,
  ...one.fields,
  project_id: one.projectId,
  provisioning_status: one.status,
  operating_status: one.fields['admin_state_up'] === false ? 'OFFLINE' : 'ONLINE',
  created_at: timeOf(one.born),
  updated_at: timeOf(one.updated),
});

export const balancerView = (cloud: Cloud, one: LoadBalancer): View => ({
  ...commonOf(one),
  vip_address: one.vip.address,
  vip_port_id: one.vip.portId,
  vip_subnet_id: one.vip.subnetId,
  vip_network_id: one.vip.networkId,
  vip_vnic_type: 'normal',
  additional_vips: one.furtherVips,
  listeners: idOnly(cloud.loadBalancer.nodesOf('listener', (node) => node.loadBalancerId === one.id)),
  pools: idOnly(cloud.loadBalancer.nodesOf('pool', (node) => node.loadBalancerId === one.id)),
});

/** What an answer says beyond the fields themselves, by kind. */
const relations: Readonly<Record<TreeNode['kind'], (cloud: Cloud, node: TreeNode) => View>> = {
  listener: (cloud, node) => ({
    loadbalancers: [{ id: node.loadBalancerId }],
    l7policies: idOnly(cloud.loadBalancer.nodesOf('l7policy', (one) => one.parentId === node.id)),
  }),
  pool: (cloud, node) => ({
    loadbalancers: [{ id: node.loadBalancerId }],
    listeners: idOnly(cloud.loadBalancer.nodesOf('listener', (one) => one.fields['default_pool_id'] === node.id)),
    members: idOnly(cloud.loadBalancer.nodesOf('member', (one) => one.parentId === node.id)),
    healthmonitor_id: cloud.loadBalancer.nodesOf('healthmonitor', (one) => one.parentId === node.id)[0]?.id ?? null,
  }),
  member: () => ({ vnic_type: 'normal' }),
  healthmonitor: (_cloud, node) => ({ pools: [{ id: node.parentId }] }),
  l7policy: (cloud, node) => ({
    listener_id: node.parentId,
    position:
      1 +
      cloud.loadBalancer.nodesOf(
        'l7policy',
        (one) => one.parentId === node.parentId && Number(one.fields['rank']) < Number(node.fields['rank']),
      ).length,
    rules: idOnly(cloud.loadBalancer.nodesOf('rule', (one) => one.parentId === node.id)),
  }),
  rule: () => ({}),
};

export function nodeView(cloud: Cloud, node: TreeNode): View {
  // What orders policies inside; the API numbers them without gaps.
  const { rank: _, ...view } = commonOf(node);
  return { ...view, ...relations[node.kind](cloud, node) };
}
