/** The extensions of a Neutron 21 with ML2, linuxbridge and L3: no QoS, trunks or DNS. */
export const networkExtensions: readonly string[] = [
  'address-group', 'address-scope', 'router-admin-state-down-before-update', 'agent', 'agent-resources-synced', 'allowed-address-pairs',
  'auto-allocated-topology', 'availability_zone', 'availability_zone_filter', 'default-subnetpools', 'dhcp_agent_scheduler', 'dvr',
  'empty-string-filtering', 'external-net', 'extra_dhcp_opt', 'extraroute', 'extraroute-atomic', 'filter-validation',
  'floating-ip-port-forwarding-detail', 'fip-port-details', 'flavors', 'floatingip-pools', 'ip-substring-filtering', 'router', 'ext-gw-mode',
  'l3-ha', 'l3-flavors', 'l3-port-ip-change-not-allowed', 'l3_agent_scheduler', 'multi-provider', 'net-mtu', 'net-mtu-writable',
  'network_availability_zone', 'network-ip-availability', 'pagination', 'port-device-profile', 'port-mac-override', 'port-mac-address-regenerate',
  'port-numa-affinity-policy', 'binding', 'binding-extended', 'port-security', 'project-id', 'provider', 'quota-check-limit', 'quotas',
  'quota_details', 'rbac-policies', 'rbac-address-group', 'rbac-address-scope', 'rbac-security-groups', 'rbac-subnetpool', 'revision-if-match',
  'standard-attr-revisions', 'router_availability_zone', 'security-groups-normalized-cidr', 'port-security-groups-filtering',
  'security-groups-remote-address-group', 'security-groups-shared-filtering', 'security-group', 'service-type', 'sorting',
  'standard-attr-description', 'stateful-security-group', 'subnet_onboard', 'subnet-service-types', 'subnet_allocation', 'subnetpool-prefix-ops',
  'standard-attr-tag', 'standard-attr-timestamp',
];
