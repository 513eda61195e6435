import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref } from '@lifeboat/openstack-entity-api';
import type { Shop } from '../shop/shop.ts';
import { findByName } from '../shop/networks.ts';
import { GROUP_TYPE } from '../clouds/offer.ts';
import { until } from '../until.ts';
import { oddBalancer } from './odd-balancer.ts';
import { oddImage, protect } from './odd-image.ts';
import { createOddExtensions } from './odd-extensions.ts';

type Made<K extends string> = Record<K, { readonly id: string }>;

/** What the shop has none of: the corners of each type that are easily lost. */
export interface OddWorkload {
  readonly networkId: string;
  /** Switched off and locked; without a NIC, paused, and in a group with rules; shelved. */
  readonly serverIds: readonly string[];
  readonly volumeId: string;
  /** What else of it a group is to be chosen by. */
  readonly roots: readonly Ref[];
  /** Undoes what refuses removals: a lock, routes. */
  loosen(): Promise<void>;
}

/**
 * A network without gateway beside an IPv6 one, ports with several addresses, a chosen MAC, DHCP options or no port security, the default
 * security group in use, a group that lets nothing out, routes (one to the outside), tags everywhere, a volume of no server but in a group, an image
 * of its own, protected and shared, and servers that do not run: switched off, locked and with its NICs in another order than its ports were made;
 * paused; shelved. With a tenant member's rights.
 */
export async function createOddWorkload(cloud: Cloud, shop: Shop): Promise<OddWorkload> {
  const { networkId, subnetSix, ports } = await oddNetwork(cloud);
  await tagged(cloud, shop);
  await oddGroup(cloud);
  const roots = await createOddExtensions(cloud, shop, ports[0] ?? '');
  await cloud.network.put(`/routers/${shop.routerId}/add_router_interface`, { subnet_id: subnetSix });
  await cloud.network.put(`/routers/${shop.routerId}`, {
    router: {
      routes: [
        { destination: '203.0.113.0/24', nexthop: '10.20.0.50' },
        { destination: '198.51.100.0/25', nexthop: '10.20.0.50' },
        { destination: '192.0.2.0/25', nexthop: await outside(cloud, shop.routerId) },
      ],
    },
  });
  const image = await oddImage(cloud);
  await oddBalancer(cloud, shop);
  const [volumeId, lockedId, pausedId, shelvedId] = await Promise.all([
    oddVolume(cloud),
    oddServer(cloud, ports),
    pausedServer(cloud),
    shelvedServer(cloud, image),
  ]);
  return {
    networkId,
    serverIds: [lockedId, pausedId, shelvedId],
    volumeId,
    roots,
    loosen: async () => {
      await protect(cloud, image, false);
      await cloud.compute.post(`/servers/${lockedId}/action`, { unlock: null });
      await cloud.network.put(`/routers/${shop.routerId}`, { router: { routes: [] } });
    },
  };
}

/** An address beside the router's own on the external network: a next hop that no other cloud has. */
async function outside(cloud: Cloud, routerId: string): Promise<string> {
  const { router } = await cloud.network.get<{
    router: { external_gateway_info: { external_fixed_ips: { ip_address: string }[] } };
  }>(`/routers/${routerId}`);
  return router.external_gateway_info.external_fixed_ips[0]?.ip_address.replace(/\d+$/, '254') ?? '';
}

async function oddNetwork(
  cloud: Cloud,
): Promise<{ readonly networkId: string; readonly subnetSix: string; readonly ports: readonly string[] }> {
  const net = cloud.network;
  const { network } = await net.post<Made<'network'>>('/networks', {
    network: { name: 'odd', admin_state_up: true, mtu: 1400 },
  });
  const subnet = async (more: Record<string, unknown>): Promise<string> =>
    (await net.post<Made<'subnet'>>('/subnets', { subnet: { network_id: network.id, ...more } })).subnet.id;
  const four = await subnet({
    name: 'odd-4',
    ip_version: 4,
    cidr: '10.30.0.0/24',
    gateway_ip: null,
    enable_dhcp: true,
    dns_nameservers: ['192.0.2.54', '192.0.2.53'],
    allocation_pools: [
      { start: '10.30.0.100', end: '10.30.0.120' },
      { start: '10.30.0.10', end: '10.30.0.20' },
    ],
    host_routes: [
      { destination: '203.0.113.0/25', nexthop: '10.30.0.5' },
      { destination: '198.51.100.0/25', nexthop: '10.30.0.5' },
    ],
  });
  const six = await subnet({
    name: 'odd-6',
    ip_version: 6,
    cidr: 'fd00:30::/64',
    ipv6_ra_mode: 'slaac',
    ipv6_address_mode: 'slaac',
  });
  const port = async (more: Record<string, unknown>): Promise<string> =>
    (await net.post<Made<'port'>>('/ports', { port: { network_id: network.id, ...more } })).port.id;
  // In the default security group, as no other is named.
  const second = await port({
    name: 'odd-second',
    mac_address: 'fa:16:3e:0d:d0:01',
    fixed_ips: [
      { subnet_id: four, ip_address: '10.30.0.5' },
      { subnet_id: four, ip_address: '10.30.0.110' },
      { subnet_id: six },
    ],
    extra_dhcp_opts: [
      { opt_name: 'mtu', opt_value: '1300' },
      { opt_name: 'domain-name', opt_value: 'odd.example' },
    ],
  });
  const first = await port({
    name: 'odd-first',
    port_security_enabled: false,
    security_groups: [],
    fixed_ips: [{ subnet_id: four }],
    admin_state_up: true,
  });
  return { networkId: network.id, subnetSix: six, ports: [first, second] };
}

/** The default group lets all out and its own members in; this one lets nothing out, and one odd protocol in. */
async function oddGroup(cloud: Cloud): Promise<void> {
  const { projectId } = await cloud.whoAmI();
  const query = { project_id: projectId, name: 'default' };
  const { security_groups } = await cloud.network.get<{ security_groups: { id: string }[] }>('/security-groups', {
    query,
  });
  const rule = (body: Record<string, unknown>): Promise<unknown> =>
    cloud.network.post('/security-group-rules', { security_group_rule: { direction: 'ingress', ...body } });
  await rule({
    security_group_id: security_groups[0]?.id,
    ethertype: 'IPv6',
    protocol: 'tcp',
    port_range_min: 8000,
    port_range_max: 8010,
    remote_ip_prefix: 'fd00::/8',
  });
  const { security_group: shut } = await cloud.network.post<{
    security_group: { id: string; security_group_rules: { id: string }[] };
  }>('/security-groups', { security_group: { name: 'odd-shut', description: 'Lets nothing out' } });
  for (const { id } of shut.security_group_rules) await cloud.network.delete(`/security-group-rules/${id}`);
  await rule({ security_group_id: shut.id, ethertype: 'IPv4', protocol: '112', description: 'VRRP' });
}

async function tagged(cloud: Cloud, shop: Shop): Promise<void> {
  const paths = [
    `networks/${shop.networkId}`,
    `subnets/${shop.subnetId}`,
    `routers/${shop.routerId}`,
    `security-groups/${shop.groups.web}`,
    `ports/${shop.ports.vip}`,
    `floatingips/${shop.floatingIp.id}`,
  ];
  for (const path of paths) await cloud.network.put(`/${path}/tags`, { tags: ['shop', 'tier=one'] });
}

async function oddVolume(cloud: Cloud): Promise<string> {
  const { volume } = await cloud.volume.post<Made<'volume'>>('/volumes', {
    volume: { name: 'odd', size: 1, description: 'Of no server', metadata: { purpose: 'archive' } },
  });
  await until('the odd volume', async () => {
    const answer = await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${volume.id}`);
    return answer.volume.status === 'available' ? true : undefined;
  });
  const action = (body: unknown): Promise<unknown> => cloud.volume.post(`/volumes/${volume.id}/action`, body);
  await action({ 'os-set_bootable': { bootable: true } });
  await action({ 'os-set_image_metadata': { metadata: { hw_disk_bus: 'scsi', hw_scsi_model: 'virtio-scsi' } } });
  await action({ 'os-update_readonly_flag': { readonly: true } });
  await grouped(cloud, volume.id);
  await cloud.volume.post('/snapshots', { snapshot: { volume_id: volume.id, name: 'odd, before the move' } });
  return volume.id;
}

async function grouped(cloud: Cloud, volumeId: string): Promise<void> {
  const { group } = await cloud.volume.post<Made<'group'>>('/groups', {
    group: { name: 'odd', description: 'Of one volume', group_type: GROUP_TYPE, volume_types: ['standard'] },
  });
  const available = (what: string): Promise<true> =>
    until(what, async () => {
      const { status } = (await cloud.volume.get<{ group: { status: string } }>(`/groups/${group.id}`)).group;
      if (status === 'error') throw new Error('The volume group went to error.');
      return status === 'available' ? true : undefined;
    });
  await available('the volume group');
  await cloud.volume.put(`/groups/${group.id}`, { group: { add_volumes: volumeId } });
  await available('the volume in its group');
}

async function oddServer(cloud: Cloud, ports: readonly string[]): Promise<string> {
  const imageRef = await findByName(cloud, '/images', 'images', 'guest', 'image');
  const flavorRef = await findByName(cloud, '/flavors', 'flavors', 'tiny', 'compute');
  const { server } = await cloud.compute.post<Made<'server'>>(
    '/servers',
    {
      server: {
        name: 'odd',
        imageRef,
        flavorRef,
        networks: ports.map((port) => ({ port })),
        metadata: { odd: 'yes' },
        tags: ['odd'],
        description: 'Switched off and locked',
      },
    },
    { microversion: '2.52' },
  );
  await became(cloud, server.id, 'ACTIVE');
  await cloud.compute.post(`/servers/${server.id}/action`, { 'os-stop': null });
  await became(cloud, server.id, 'SHUTOFF');
  await cloud.compute.post(`/servers/${server.id}/action`, { lock: { locked_reason: 'not before the audit' } });
  return server.id;
}

/** The longest name there is, of letters that no hostname has; alone on its host as long as there are two more in its group. */
async function pausedServer(cloud: Cloud): Promise<string> {
  const { server_group } = await cloud.compute.post<Made<'server_group'>>(
    '/os-server-groups',
    { server_group: { name: 'odd-apart', policy: 'anti-affinity', rules: { max_server_per_host: 3 } } },
    { microversion: '2.64' },
  );
  const id = await bareServer(cloud, '語'.repeat(255), { 'os:scheduler_hints': { group: server_group.id } });
  await cloud.compute.post(`/servers/${id}/action`, { pause: null });
  await became(cloud, id, 'PAUSED');
  return id;
}

/** Has the name of the shop's web servers, and is none of them. */
async function shelvedServer(cloud: Cloud, image: string): Promise<string> {
  const id = await bareServer(cloud, 'web', {}, image);
  await cloud.compute.post(`/servers/${id}/action`, { shelve: null });
  await became(cloud, id, 'SHELVED_OFFLOADED');
  return id;
}

async function bareServer(
  cloud: Cloud,
  name: string,
  hints: Record<string, unknown> = {},
  image?: string,
): Promise<string> {
  const imageRef = image ?? (await findByName(cloud, '/images', 'images', 'guest', 'image'));
  const flavorRef = await findByName(cloud, '/flavors', 'flavors', 'tiny', 'compute');
  const body = { server: { name, imageRef, flavorRef, networks: 'none' }, ...hints };
  const { server } = await cloud.compute.post<Made<'server'>>('/servers', body);
  await became(cloud, server.id, 'ACTIVE');
  return server.id;
}

const became = (cloud: Cloud, id: string, wanted: string): Promise<true> =>
  until(
    `the odd server to be ${wanted}`,
    async () => {
      const { server } = await cloud.compute.get<{ server: { status: string; fault?: unknown } }>(`/servers/${id}`);
      if (server.status === 'ERROR') throw new Error(`The odd server went to ERROR: ${JSON.stringify(server.fault)}`);
      return server.status === wanted ? true : undefined;
    },
    { timeoutMs: 300_000 },
  );
