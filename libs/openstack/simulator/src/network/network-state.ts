import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';
import type { Pool } from './addresses.ts';
import type { AddressGroup, PortForwarding, QosPolicy, RbacPolicy, SubnetPool, Trunk } from './extension-resources.ts';

/** What every Neutron resource has. */
export interface Resource extends Entity {
  updated: number;
  revision: number;
  readonly projectId: string;
  name: string;
  description: string | null;
  tags: string[];
}

export interface Network extends Resource {
  adminStateUp: boolean;
  external: boolean;
  isDefault: boolean;
  mtu: number;
  portSecurity: boolean;
  qosPolicyId: string | null;
  readonly zoneHints: string[];
  readonly provider: { readonly type: string; readonly physical: string | null; readonly segment: number | null };
}

export interface Subnet extends Resource {
  readonly networkId: string;
  readonly subnetPoolId: string | null;
  readonly ipVersion: 4 | 6;
  readonly cidr: string;
  gatewayIp: string | null;
  enableDhcp: boolean;
  pools: Pool[];
  nameservers: string[];
  hostRoutes: { destination: string; nexthop: string }[];
  serviceTypes: string[];
  readonly ipv6RaMode: string | null;
  readonly ipv6AddressMode: string | null;
}

export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

export interface AddressPair {
  readonly mac_address: string;
  readonly ip_address: string;
}

export interface Port extends Resource {
  readonly networkId: string;
  mac: string;
  adminStateUp: boolean;
  status: 'DOWN' | 'ACTIVE' | 'BUILD' | 'N/A';
  deviceId: string;
  deviceOwner: string;
  fixedIps: FixedIp[];
  addressPairs: AddressPair[];
  dhcpOptions: { opt_name: string; opt_value: string; ip_version: number }[];
  securityGroups: string[];
  portSecurity: boolean;
  vnicType: string;
  profile: Record<string, unknown>;
  host: string;
  qosPolicyId: string | null;
}

export interface Gateway {
  readonly networkId: string;
  readonly portId: string;
  snat: boolean;
}

export interface Router extends Resource {
  adminStateUp: boolean;
  routes: { destination: string; nexthop: string }[];
  gateway: Gateway | null;
  readonly zoneHints: string[];
}

export interface SecurityGroup extends Resource {
  stateful: boolean;
}

export interface SecurityGroupRule extends Resource {
  readonly groupId: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: string | null;
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remoteIpPrefix: string | null;
  readonly remoteGroupId: string | null;
  readonly remoteAddressGroupId: string | null;
}

export interface FloatingIp extends Resource {
  readonly networkId: string;
  /** The port that holds the address on the external network. */
  readonly holderPortId: string;
  readonly address: string;
  portId: string | null;
  fixedAddress: string | null;
  routerId: string | null;
  status: 'DOWN' | 'ACTIVE';
  qosPolicyId: string | null;
}

export interface NetworkQuota {
  network: number;
  subnet: number;
  port: number;
  router: number;
  floatingip: number;
  security_group: number;
  security_group_rule: number;
  subnetpool: number;
  rbac_policy: number;
  trunk: number;
}

export const defaultNetworkQuota: NetworkQuota = {
  network: 100,
  subnet: 100,
  port: 500,
  router: 10,
  floatingip: 50,
  security_group: 10,
  security_group_rule: 100,
  subnetpool: -1,
  rbac_policy: 10,
  trunk: -1,
};

export class NetworkState {
  readonly networks = new Store<Network>();
  readonly subnets = new Store<Subnet>();
  readonly ports = new Store<Port>();
  readonly routers = new Store<Router>();
  readonly groups = new Store<SecurityGroup>();
  readonly rules = new Store<SecurityGroupRule>();
  readonly floatingIps = new Store<FloatingIp>();
  readonly addressGroups = new Store<AddressGroup>();
  readonly qosPolicies = new Store<QosPolicy>();
  readonly rbacPolicies = new Store<RbacPolicy>();
  readonly subnetPools = new Store<SubnetPool>();
  readonly trunks = new Store<Trunk>();
  readonly portForwardings = new Store<PortForwarding>();
  readonly quotas = new Map<string, NetworkQuota>();
  private segment = 100;

  quotaOf(projectId: string): NetworkQuota {
    return this.quotas.get(projectId) ?? defaultNetworkQuota;
  }

  nextSegment(): number {
    this.segment += 1;
    return this.segment;
  }

  subnetsOf(networkId: string): Subnet[] {
    return this.subnets.filter((subnet) => subnet.networkId === networkId);
  }

  portsOf(networkId: string): Port[] {
    return this.ports.filter((port) => port.networkId === networkId);
  }

  portsOfDevice(deviceId: string): Port[] {
    return this.ports.filter((port) => port.deviceId === deviceId);
  }
}
