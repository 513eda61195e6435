import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { microsTime, secondsTime } from '../state/identifiers.ts';
import type { Server } from './compute-state.ts';

export const bookmark = (call: Call, kind: string, id: string): unknown => ({
  rel: 'bookmark',
  href: `${call.origin}/compute/${kind}/${id}`,
});

export const links = (call: Call, kind: string, id: string): unknown[] => [
  { rel: 'self', href: `${call.origin}/compute/v2.1/${kind}/${id}` },
  bookmark(call, kind, id),
];

export const serverSummary = (call: Call, server: Server): Record<string, unknown> => ({
  id: server.id,
  name: server.name,
  links: links(call, 'servers', server.id),
});

function flavorView(call: Call, server: Server): unknown {
  const { flavor } = server;
  // From 2.47 on the flavor is embedded and its id is not said.
  if (call.minor < 47) return { id: flavor.id, links: [bookmark(call, 'flavors', flavor.id)] };
  return {
    vcpus: flavor.vcpus,
    ram: flavor.ram,
    disk: flavor.disk,
    ephemeral: flavor.ephemeral,
    swap: flavor.swap,
    original_name: flavor.name,
    extra_specs: flavor.extraSpecs,
  };
}

interface Address {
  readonly version: number;
  readonly addr: string;
  readonly 'OS-EXT-IPS:type': string;
  readonly 'OS-EXT-IPS-MAC:mac_addr': string;
}

export function addressesOf(cloud: Cloud, server: Server): Record<string, Address[]> {
  const addresses: Record<string, Address[]> = {};
  if (server.vmState === 'building') return addresses;
  for (const nic of server.nics) {
    const port = cloud.network.ports.get(nic.portId);
    const name = cloud.network.networks.get(port?.networkId)?.name;
    if (port === undefined || name === undefined) continue;
    const list = (addresses[name] ??= []);
    const of = (addr: string, type: string): Address => ({
      version: addr.includes(':') ? 6 : 4,
      addr,
      'OS-EXT-IPS:type': type,
      'OS-EXT-IPS-MAC:mac_addr': port.mac,
    });
    for (const ip of port.fixedIps) list.push(of(ip.ip_address, 'fixed'));
    for (const floating of cloud.network.floatingIps.filter((one) => one.portId === port.id))
      list.push(of(floating.address, 'floating'));
  }
  return addresses;
}

/** One entry for each group of each port: names repeat, as they do in Nova. */
export function groupNames(cloud: Cloud, server: Server): { name: string }[] {
  const ports = server.nics.map((nic) => cloud.network.ports.get(nic.portId));
  return ports.flatMap(
    (port) => port?.securityGroups.map((id) => ({ name: cloud.network.groups.get(id)?.name ?? id })) ?? [],
  );
}

function administratorsView(cloud: Cloud, call: Call, server: Server): Record<string, unknown> {
  const host = {
    'OS-EXT-SRV-ATTR:host': `${cloud.settings.name}-compute`,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${server.number.toString(16).padStart(8, '0')}`,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': 'vm',
  };
  if (call.minor < 3) return host;
  return {
    ...host,
    'OS-EXT-SRV-ATTR:reservation_id': server.reservationId,
    'OS-EXT-SRV-ATTR:launch_index': 0,
    'OS-EXT-SRV-ATTR:hostname': server.hostname,
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
    'OS-EXT-SRV-ATTR:user_data': server.userData,
  };
}

/** Fields that came with later microversions. */
function laterView(call: Call, server: Server, groupId: string | undefined): Record<string, unknown> {
  return {
    ...(call.minor >= 9 && { locked: server.locked }),
    ...(call.minor >= 73 && { locked_reason: server.lockedReason }),
    ...(call.minor >= 19 && { description: server.description }),
    ...(call.minor >= 26 && { tags: server.tags }),
    ...(call.minor >= 63 && { trusted_image_certificates: null }),
    ...(call.minor >= 16 && call.who.isAdmin && { host_status: 'UP' }),
    ...(call.minor >= 90 && !call.who.isAdmin && { 'OS-EXT-SRV-ATTR:hostname': server.hostname }),
    ...(call.minor >= 71 && groupId !== undefined && { server_groups: groupId === '' ? [] : [groupId] }),
  };
}

const volumesOf = (call: Call, server: Server): unknown[] =>
  server.volumes.map((one) => ({
    id: one.volumeId,
    ...(call.minor >= 3 && { delete_on_termination: one.deleteOnTermination }),
  }));

/** A server as this caller and this microversion see it; `withGroup` for single ones only, as in Nova. */
export function serverView(cloud: Cloud, call: Call, server: Server, withGroup = false): Record<string, unknown> {
  const groupId = withGroup
    ? (cloud.compute.serverGroups.find((group) => group.members.includes(server.id))?.id ?? '')
    : undefined;
  const groups = groupNames(cloud, server);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId:
      server.vmState === 'building'
        ? ''
        : createHash('sha224')
            .update(server.projectId + cloud.settings.name)
            .digest('hex'),
    image: server.imageId === '' ? '' : { id: server.imageId, links: [bookmark(call, 'images', server.imageId)] },
    flavor: flavorView(call, server),
    created: secondsTime(server.born),
    updated: secondsTime(server.updated),
    addresses: addressesOf(cloud, server),
    accessIPv4: '',
    accessIPv6: '',
    links: links(call, 'servers', server.id),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(server.fault && {
      fault: { code: server.fault.code, created: secondsTime(server.fault.at), message: server.fault.message },
    }),
    ...(['ACTIVE', 'BUILD', 'REBUILD'].includes(server.status) && { progress: 0 }),
    'OS-EXT-AZ:availability_zone': server.vmState === 'building' ? '' : server.zone,
    config_drive: server.configDrive ? 'True' : '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': server.launchedAt === null ? null : microsTime(server.launchedAt),
    'OS-SRV-USG:terminated_at': null,
    ...(groups.length > 0 && { security_groups: groups }),
    ...(call.who.isAdmin && administratorsView(cloud, call, server)),
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': server.vmState,
    'OS-EXT-STS:power_state': server.powerState,
    'os-extended-volumes:volumes_attached': volumesOf(call, server),
    ...laterView(call, server, groupId),
  };
}
