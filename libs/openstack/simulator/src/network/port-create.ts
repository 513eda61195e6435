import type { Cloud } from '../cloud.ts';
import { randomMac } from '../state/identifiers.ts';
import { allocate, type AddressWish } from './allocate-address.ts';
import { defaultGroup } from './default-group.ts';
import { neutron } from './network-error.ts';
import type { Network, Port } from './network-state.ts';
import { newResource } from './resource.ts';

export interface PortWish extends Partial<Omit<Port, 'id' | 'born' | 'networkId' | 'fixedIps' | 'projectId'>> {
  readonly projectId: string;
  readonly wishes?: readonly AddressWish[] | undefined;
}

export function checkMacFree(cloud: Cloud, networkId: string, mac: string, except?: string): void {
  if (cloud.network.portsOf(networkId).some((port) => port.mac === mac && port.id !== except)) {
    throw neutron(
      409,
      'MacAddressInUse',
      `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
    );
  }
}

/** Makes a port with its addresses. Ordinary ports get the project's default security group unless told otherwise. */
export function makePort(cloud: Cloud, network: Network, wish: PortWish): Port {
  const { wishes, ...given } = wish;
  const owner = wish.deviceOwner ?? '';
  const mac = wish.mac ?? randomMac();
  checkMacFree(cloud, network.id, mac);
  const portSecurity = wish.portSecurity ?? (owner.startsWith('network:') ? false : network.portSecurity);
  const guarded = portSecurity && !owner.startsWith('network:');
  const groups = wish.securityGroups ?? (guarded ? [defaultGroup(cloud, wish.projectId).id] : []);
  return cloud.network.ports.add({
    ...newResource(wish.projectId),
    revision: 1,
    adminStateUp: true,
    status: 'DOWN',
    deviceId: '',
    deviceOwner: '',
    addressPairs: [],
    dhcpOptions: [],
    vnicType: 'normal',
    profile: {},
    host: '',
    qosPolicyId: null,
    ...given,
    mac,
    portSecurity,
    networkId: network.id,
    securityGroups: groups,
    fixedIps: allocate(cloud, network.id, wishes, { owner, mac }),
  });
}
