import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import type { Port } from './network-state.ts';
import { qosView } from './qos-routes.ts';
import { standardView } from './resource.ts';

const binding = (port: Port): Record<string, unknown> => {
  const bound = port.host !== '';
  return {
    'binding:profile': port.profile,
    'binding:host_id': port.host,
    'binding:vif_type': bound ? 'bridge' : 'unbound',
    'binding:vif_details': bound ? { connectivity: 'l2', port_filter: true, bound_drivers: { 0: 'linuxbridge' } } : {},
  };
};

export const portView = (cloud: Cloud, call: Call, port: Port): Record<string, unknown> => ({
  id: port.id,
  name: port.name,
  network_id: port.networkId,
  tenant_id: port.projectId,
  mac_address: port.mac,
  admin_state_up: port.adminStateUp,
  status: port.status,
  device_id: port.deviceId,
  device_owner: port.deviceOwner,
  fixed_ips: port.fixedIps,
  allowed_address_pairs: port.addressPairs,
  extra_dhcp_opts: port.dhcpOptions,
  security_groups: port.securityGroups,
  description: port.description,
  'binding:vnic_type': port.vnicType,
  ...(call.who.isAdmin && binding(port)),
  port_security_enabled: port.portSecurity,
  ...qosView(cloud, port),
  ...standardView(port),
});
