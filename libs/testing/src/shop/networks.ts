import { notFound } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { ShopNetworks, ShopOffer } from './shop.ts';

type Made<K extends string> = Record<K, { readonly id: string }>;

export async function createNetworks(cloud: Cloud, offer: ShopOffer): Promise<ShopNetworks> {
  const net = cloud.network;
  const externalNetworkId = await findByName(cloud, '/networks', 'networks', offer.externalNetwork);
  const { network } = await net.post<Made<'network'>>('/networks', {
    network: { name: 'shop-net', description: 'All of the shop', admin_state_up: true },
  });
  const { subnet } = await net.post<Made<'subnet'>>('/subnets', {
    subnet: {
      name: 'shop-subnet',
      network_id: network.id,
      ip_version: 4,
      cidr: '10.20.0.0/24',
      gateway_ip: '10.20.0.1',
      enable_dhcp: true,
      allocation_pools: [{ start: '10.20.0.10', end: '10.20.0.200' }],
      dns_nameservers: ['192.0.2.53'],
      host_routes: [{ destination: '198.51.100.0/24', nexthop: '10.20.0.50' }],
    },
  });
  const { router } = await net.post<Made<'router'>>('/routers', {
    router: {
      name: 'shop-router',
      description: 'To the world',
      external_gateway_info: { network_id: externalNetworkId },
    },
  });
  await net.put(`/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const groups = await createSecurityGroups(cloud);
  const ports = await createPorts(cloud, network.id, subnet.id, groups);
  const { floatingip } = await net.post<{ floatingip: { id: string; floating_ip_address: string } }>('/floatingips', {
    floatingip: { floating_network_id: externalNetworkId, port_id: ports.web1, description: 'Front door of the shop' },
  });
  return {
    networkId: network.id,
    subnetId: subnet.id,
    routerId: router.id,
    externalNetworkId,
    groups,
    ports,
    floatingIp: { id: floatingip.id, address: floatingip.floating_ip_address },
  };
}

async function createSecurityGroups(cloud: Cloud): Promise<ShopNetworks['groups']> {
  const group = async (name: string, description: string): Promise<string> =>
    (await cloud.network.post<Made<'security_group'>>('/security-groups', { security_group: { name, description } }))
      .security_group.id;
  const rule = (body: Record<string, unknown>): Promise<unknown> =>
    cloud.network.post('/security-group-rules', {
      security_group_rule: { direction: 'ingress', ethertype: 'IPv4', ...body },
    });

  const [web, db, admin] = [
    await group('shop-web', 'Web servers'),
    await group('shop-db', 'Database'),
    await group('shop-admin', 'Administration'),
  ];
  await rule({
    security_group_id: web,
    protocol: 'tcp',
    port_range_min: 80,
    port_range_max: 80,
    remote_ip_prefix: '0.0.0.0/0',
  });
  await rule({ security_group_id: web, protocol: 'icmp', remote_ip_prefix: '0.0.0.0/0', description: 'ping' });
  await rule({
    security_group_id: db,
    protocol: 'tcp',
    port_range_min: 5432,
    port_range_max: 5432,
    remote_group_id: web,
  });
  await rule({ security_group_id: db, remote_group_id: db, description: 'replication among databases' });
  await rule({
    security_group_id: admin,
    protocol: 'tcp',
    port_range_min: 22,
    port_range_max: 22,
    remote_ip_prefix: '172.24.0.0/16',
  });
  return { web, db, admin };
}

const VIP = '10.20.0.100';
const DATABASE = '10.20.0.50';

async function createPorts(
  cloud: Cloud,
  network: string,
  subnet: string,
  groups: ShopNetworks['groups'],
): Promise<ShopNetworks['ports']> {
  const port = async (name: string, body: Record<string, unknown>): Promise<string> =>
    (
      await cloud.network.post<Made<'port'>>('/ports', {
        port: { name, network_id: network, admin_state_up: true, ...body },
      })
    ).port.id;
  const at = (address: string): readonly Record<string, string>[] => [{ subnet_id: subnet, ip_address: address }];
  // Chosen addresses first: the others are given any that is free, and these would be taken now and then.
  const db1 = await port('db-1', {
    security_groups: [groups.db],
    fixed_ips: at(DATABASE),
    allowed_address_pairs: [{ ip_address: VIP }],
  });
  const vip = await port('db-vip', {
    security_groups: [groups.db],
    fixed_ips: at(VIP),
    description: 'Belongs to no server',
  });
  return {
    web1: await port('web-1', { security_groups: [groups.web, groups.admin], description: 'Front of web-1' }),
    web2: await port('web-2', { security_groups: [groups.web] }),
    db1,
    db1Second: await port('db-1-backup', { security_groups: [groups.admin] }),
    vip,
  };
}

export async function findByName(
  cloud: Cloud,
  path: string,
  key: string,
  name: string,
  service: 'network' | 'compute' | 'identity' | 'image' = 'network',
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  for await (const item of cloud[service].list<{ id: string; name: string }>(path, key, { query }))
    if (item.name === name) return item.id;
  throw notFound('offer-missing', `${cloud.site} has no ${key.replace(/s$/, '')} named "${name}".`, {
    mend: 'Create it, or name another one.',
  });
}

/** The project's own: an administrator is shown those of all projects. */
export const ownGroup = async (cloud: Cloud, name: string): Promise<string> =>
  findByName(cloud, '/security-groups', 'security_groups', name, 'network', {
    project_id: (await cloud.whoAmI()).projectId,
  });
