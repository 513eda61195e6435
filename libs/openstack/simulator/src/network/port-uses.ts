import type { Cloud } from '../cloud.ts';
import type { PortForwarding, Trunk } from './extension-resources.ts';
import { neutron } from './network-error.ts';
import type { FloatingIp, Port } from './network-state.ts';

/** A port of a trunk stays as long as its trunk. */
export function checkNoTrunk(cloud: Cloud, port: Port): void {
  const of = (wanted: (trunk: Trunk) => boolean): Trunk | undefined => cloud.network.trunks.find(wanted);
  const holder = of((one) => one.subPorts.some((sub) => sub.port_id === port.id));
  if (holder !== undefined)
    throw neutron(409, 'PortInUseAsSubPort', `Port ${port.id} is currently a subport for trunk ${holder.id}.`);
  const mine = of((one) => one.portId === port.id);
  if (mine !== undefined)
    throw neutron(409, 'PortInUseAsTrunkParent', `Port ${port.id} is currently a parent port for trunk ${mine.id}.`);
}

export const forwardingsOf = (cloud: Cloud, floating: FloatingIp): PortForwarding[] =>
  cloud.network.portForwardings.filter((one) => one.floatingIpId === floating.id);

/** The last one frees the floating IP of its router. */
export function dropForwarding(cloud: Cloud, floating: FloatingIp, one: PortForwarding): void {
  cloud.network.portForwardings.delete(one.id);
  if (forwardingsOf(cloud, floating).length > 0) return;
  floating.routerId = null;
  cloud.jobs.later(() => {
    if (floating.portId === null) floating.status = 'DOWN';
  });
}

/** Those of a port that goes go with it. */
export function releaseForwardings(cloud: Cloud, portId: string): void {
  for (const one of cloud.network.portForwardings.filter(({ internalPortId }) => internalPortId === portId)) {
    const floating = cloud.network.floatingIps.get(one.floatingIpId);
    if (floating !== undefined) dropForwarding(cloud, floating, one);
  }
}
