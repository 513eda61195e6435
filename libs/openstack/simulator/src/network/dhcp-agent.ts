import type { Cloud } from '../cloud.ts';
import { makePort } from './port-create.ts';
import { touch } from './resource.ts';
import { allocate } from './allocate-address.ts';

/**
 * What the DHCP agent does a moment after a subnet was made or changed: its port takes an address (the first free one) on every
 * subnet with DHCP on, and gives back those of subnets where it was switched off.
 */
export function wakeDhcpAgent(cloud: Cloud, networkId: string): void {
  cloud.jobs.later(() => serve(cloud, networkId));
}

function serve(cloud: Cloud, networkId: string): void {
  const network = cloud.network.networks.get(networkId);
  if (network === undefined) return;
  const subnets = cloud.network.subnetsOf(networkId).filter((subnet) => subnet.enableDhcp);
  const port = cloud.network.ports.find((one) => one.networkId === networkId && one.deviceOwner === 'network:dhcp');
  if (subnets.length === 0) {
    if (port !== undefined) cloud.network.ports.delete(port.id);
    return;
  }
  if (port === undefined) {
    makePort(cloud, network, {
      projectId: network.projectId,
      deviceOwner: 'network:dhcp',
      deviceId: `dhcp${network.id.slice(0, 8)}-${network.id}`,
      host: `${cloud.settings.name}-compute`,
      wishes: subnets.map((subnet) => ({ subnetId: subnet.id })),
      securityGroups: [],
      portSecurity: false,
      status: 'ACTIVE',
    });
    return;
  }
  const kept = port.fixedIps.filter((ip) => subnets.some((subnet) => subnet.id === ip.subnet_id));
  const fresh = subnets.filter((subnet) => !kept.some((ip) => ip.subnet_id === subnet.id));
  if (fresh.length === 0 && kept.length === port.fixedIps.length) return;
  port.fixedIps = [
    ...kept,
    ...allocate(
      cloud,
      networkId,
      fresh.map((subnet) => ({ subnetId: subnet.id })),
      { owner: 'network:dhcp', mac: port.mac },
    ).filter((ip) => fresh.some((subnet) => subnet.id === ip.subnet_id)),
  ];
  touch(port);
}
