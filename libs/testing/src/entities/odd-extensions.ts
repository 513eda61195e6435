import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { findByName, ownGroup } from '../shop/networks.ts';
import type { Shop } from '../shop/shop.ts';
import { extensionsOf } from '../clouds/extensions.ts';
import { QOS_POLICY } from '../clouds/offer.ts';

type Made<K extends string> = Record<K, { readonly id: string }>;

/** A project that is in neither cloud, and the one that stands for it at the target. */
export const NEIGHBOURS = { '0dd0dd0d0dd040dd80dd0dd0dd0dd0d1': '0dd0dd0d0dd040dd80dd0dd0dd0dd0d2' };

/**
 * What needs extensions of Neutron, as far as the cloud has them: an address group that a rule names, a subnet pool with two subnets, things shared
 * with another project and pointlessly with their own, QoS policies (one's own is an administrator's to make), trunks (one under a port that a server
 * is yet to take, one switched off), and a floating IP that forwards. Answers what to choose a group by.
 */
export async function createOddExtensions(cloud: Cloud, shop: Shop, parent: string): Promise<readonly Ref[]> {
  const has = await extensionsOf(cloud);
  const pooled = await pooledNetwork(cloud);
  const shared: (readonly [string, string])[] = [
    ['network', pooled.networkId],
    ['subnetpool', pooled.poolId],
    ['address_group', await addressGroup(cloud)],
  ];
  await qos(cloud, has, [
    `/networks/${pooled.networkId}`,
    `/ports/${shop.ports.vip}`,
    `/floatingips/${shop.floatingIp.id}`,
  ]);
  await share(cloud, shared);
  const roots: Ref[] = [{ kind: 'network', id: pooled.networkId }];
  if (has.has('trunk')) roots.push({ kind: 'port', id: await trunks(cloud, pooled.networkId, parent) });
  if (has.has('floating-ip-port-forwarding')) await forward(cloud, shop);
  return roots;
}

async function addressGroup(cloud: Cloud): Promise<string> {
  const { address_group } = await cloud.network.post<Made<'address_group'>>('/address-groups', {
    address_group: {
      name: 'odd-offices',
      description: 'All of them',
      addresses: ['203.0.113.7/32', '198.51.100.0/24'],
    },
  });
  const rule = {
    security_group_id: await ownGroup(cloud, 'odd-shut'),
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: 'tcp',
    port_range_min: 443,
    port_range_max: 443,
    remote_address_group_id: address_group.id,
  };
  await cloud.network.post('/security-group-rules', { security_group_rule: rule });
  return address_group.id;
}

async function pooledNetwork(cloud: Cloud): Promise<{ readonly networkId: string; readonly poolId: string }> {
  const net = cloud.network;
  const { subnetpool } = await net.post<Made<'subnetpool'>>('/subnetpools', {
    subnetpool: {
      name: 'odd-pool',
      description: 'Two ranges',
      prefixes: ['10.41.0.0/20', '10.40.0.0/16'],
      min_prefixlen: 20,
      default_prefixlen: 26,
      max_prefixlen: 28,
      default_quota: 4096,
    },
  });
  await net.put(`/subnetpools/${subnetpool.id}/tags`, { tags: ['odd'] });
  // As small as the other odd network, whose ports it may share a trunk with.
  const { network } = await net.post<Made<'network'>>('/networks', { network: { name: 'odd-pooled', mtu: 1400 } });
  const subnet = { network_id: network.id, ip_version: 4, subnetpool_id: subnetpool.id };
  await net.post('/subnets', { subnet: { ...subnet, name: 'chosen', cidr: '10.40.3.0/24' } });
  await net.post('/subnets', { subnet: { ...subnet, name: 'any', enable_dhcp: false } });
  return { networkId: network.id, poolId: subnetpool.id };
}

async function share(cloud: Cloud, objects: readonly (readonly [string, string])[]): Promise<void> {
  const { projectId, isAdmin } = await cloud.whoAmI();
  const [neighbour] = Object.keys(NEIGHBOURS);
  const policy = (object_type: string, object_id: string, target_tenant: string | undefined): Promise<unknown> =>
    cloud.network.post('/rbac-policies', {
      rbac_policy: { object_type, object_id, target_tenant, action: 'access_as_shared' },
    });
  for (const [type, id] of objects) await policy(type, id, neighbour);
  const [[type, id] = ['', ''], [other, otherId] = ['', '']] = objects;
  await policy(type, id, projectId);
  if (isAdmin) await policy(other, otherId, '*');
}

/** The operator's on the first, one's own on the others where one may have one. */
async function qos(cloud: Cloud, has: ReadonlySet<string>, paths: readonly string[]): Promise<void> {
  if (!has.has('qos')) return;
  const gold = await findByName(cloud, '/qos/policies', 'policies', QOS_POLICY);
  const own = (await cloud.whoAmI()).isAdmin ? await ownPolicy(cloud) : gold;
  for (const [i, path] of paths.entries()) {
    const key = path.split('/')[1]?.slice(0, -1) ?? '';
    await cloud.network.put(path, { [key]: { qos_policy_id: i === 0 ? gold : own } });
  }
}

async function ownPolicy(cloud: Cloud): Promise<string> {
  const { policy } = await cloud.network.post<Made<'policy'>>('/qos/policies', {
    policy: { name: 'odd-silver', description: 'Half of gold', is_default: true },
  });
  await cloud.network.put(`/policies/${policy.id}/tags`, { tags: ['odd'] });
  const rule = (type: string, values: Record<string, unknown>): Promise<unknown> =>
    cloud.network.post(`/qos/policies/${policy.id}/${type}_rules`, { [`${type}_rule`]: values });
  await rule('bandwidth_limit', { max_kbps: 10_000, max_burst_kbps: 8_000 });
  await rule('bandwidth_limit', { max_kbps: 20_000, direction: 'ingress' });
  await rule('dscp_marking', { dscp_mark: 26 });
  // No port of Linux bridges can bear such a policy.
  const types = await cloud.network.get<{ rule_types: { type: string }[] }>('/qos/rule-types');
  if (types.rule_types.some(({ type }) => type === 'minimum_bandwidth'))
    await rule('minimum_bandwidth', { min_kbps: 1_000 });
  return policy.id;
}

/** Answers the port of a trunk that is switched off, and that no server has. */
async function trunks(cloud: Cloud, networkId: string, parent: string): Promise<string> {
  const port = async (name: string): Promise<string> =>
    (await cloud.network.post<Made<'port'>>('/ports', { port: { name, network_id: networkId } })).port.id;
  const vlan = async (id: number): Promise<Record<string, unknown>> => ({
    port_id: await port(`odd-vlan-${id}`),
    segmentation_type: 'vlan',
    segmentation_id: id,
  });
  const { trunk } = await cloud.network.post<Made<'trunk'>>('/trunks', {
    trunk: { name: 'odd', description: 'Two VLANs', port_id: parent, sub_ports: [await vlan(200), await vlan(100)] },
  });
  await cloud.network.put(`/trunks/${trunk.id}/tags`, { tags: ['odd'] });
  const alone = await port('odd-alone');
  await cloud.network.post('/trunks', { trunk: { name: 'odd-off', port_id: alone, admin_state_up: false } });
  return alone;
}

async function forward(cloud: Cloud, shop: Shop): Promise<void> {
  const { floatingip } = await cloud.network.post<Made<'floatingip'>>('/floatingips', {
    floatingip: { floating_network_id: shop.externalNetworkId, description: 'Forwards' },
  });
  const forwarding = (more: Record<string, unknown>): Promise<unknown> =>
    cloud.network.post(`/floatingips/${floatingip.id}/port_forwardings`, {
      port_forwarding: { internal_port_id: shop.ports.web2, ...more },
    });
  const { port } = await cloud.network.get<{ port: { fixed_ips: { ip_address: string }[] } }>(
    `/ports/${shop.ports.web2}`,
  );
  const internal_ip_address = port.fixed_ips[0]?.ip_address;
  await forwarding({
    internal_ip_address,
    protocol: 'tcp',
    internal_port: 22,
    external_port: 2222,
    description: 'ssh',
  });
  await forwarding({ internal_ip_address, protocol: 'udp', internal_port: 53, external_port: 53 });
}
