import type { Cloud } from '../cloud.ts';
import { neutron } from './network-error.ts';
import type { NetworkQuota } from './network-state.ts';

export function networkUsage(cloud: Cloud, projectId: string): NetworkQuota {
  const mine = (one: { readonly projectId: string }): boolean => one.projectId === projectId;
  const { network } = cloud;
  return {
    network: network.networks.count(mine),
    subnet: network.subnets.count(mine),
    port: network.ports.count(mine),
    router: network.routers.count(mine),
    floatingip: network.floatingIps.count(mine),
    security_group: network.groups.count(mine),
    security_group_rule: network.rules.count(mine),
    subnetpool: network.subnetPools.count(mine),
    rbac_policy: network.rbacPolicies.count(mine),
    trunk: network.trunks.count(mine),
  };
}

/** Refuses (409) more than the project's quota. Objects without a project are not counted. */
export function checkNetworkQuota(cloud: Cloud, projectId: string, kind: keyof NetworkQuota, more = 1): void {
  const limit = cloud.network.quotaOf(projectId)[kind];
  if (projectId === '' || limit < 0) return;
  if (networkUsage(cloud, projectId)[kind] + more > limit)
    throw neutron(409, 'OverQuota', `Quota exceeded for resources: ['${kind}'].`);
}
