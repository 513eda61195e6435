import type { Cloud } from '@lifeboat/openstack-client';
import { balancersOf, treeFree } from '../clouds/load-balancers.ts';
import type { Shop } from '../shop/shop.ts';

type Made = Record<string, { readonly id: string }>;

/**
 * In front of the shop's web servers, where the cloud has Octavia: a chosen VIP with a floating IP, a listener with headers and CIDRs that leads to a pool
 * with a drained member, a monitor and sticky sessions, policies whose order counts, and a listener that leads nowhere and is switched off. Another one
 * has a VIP port of its user's.
 */
export async function oddBalancer(cloud: Cloud, shop: Shop): Promise<void> {
  if (!(await cloud.has('load-balancer'))) return;
  const balancer = await balancerOf(cloud, shop);
  const make = async (path: string, key: string, body: Record<string, unknown>): Promise<string> => {
    await treeFree(cloud, balancer);
    const made = await cloud['load-balancer'].post<Made>(`/lbaas/${path}`, { [key]: body });
    return made[key]?.id ?? '';
  };
  const below = { loadbalancer_id: balancer, tags: ['odd'] };
  const pool = await make('pools', 'pool', {
    ...below,
    name: 'odd-web',
    description: 'Both web servers',
    protocol: 'HTTP',
    lb_algorithm: 'LEAST_CONNECTIONS',
    session_persistence: { type: 'APP_COOKIE', cookie_name: 'shop' },
  });
  const other = await make('pools', 'pool', { ...below, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' });
  await members(cloud, shop, pool, make);
  await make('healthmonitors', 'healthmonitor', {
    pool_id: pool,
    name: 'odd-alive',
    type: 'HTTP',
    delay: 7,
    timeout: 3,
    max_retries: 2,
    url_path: '/alive',
    expected_codes: '200-204',
    http_method: 'HEAD',
  });
  const listener = await make('listeners', 'listener', {
    ...below,
    name: 'odd-http',
    description: 'The front door',
    protocol: 'HTTP',
    protocol_port: 80,
    connection_limit: 1000,
    default_pool_id: pool,
    insert_headers: { 'X-Forwarded-For': 'true' },
    allowed_cidrs: ['203.0.113.0/24', '198.51.100.0/24'],
    timeout_client_data: 30_000,
  });
  await make('listeners', 'listener', { ...below, protocol: 'TCP', protocol_port: 8443, admin_state_up: false });
  await policies(listener, other, make);
  await onOwnPort(cloud, shop);
}

/** One whose VIP port is a port like others; its member makes it come along. */
async function onOwnPort(cloud: Cloud, shop: Shop): Promise<void> {
  const { port } = await cloud.network.post<{ port: { id: string } }>('/ports', {
    port: { name: 'odd-vip', network_id: shop.networkId, fixed_ips: [{ ip_address: '10.20.0.221' }] },
  });
  const octavia = cloud['load-balancer'];
  const { loadbalancer } = await octavia.post<{ loadbalancer: { id: string } }>('/lbaas/loadbalancers', {
    loadbalancer: { name: 'odd-own-port', vip_port_id: port.id },
  });
  await treeFree(cloud, loadbalancer.id);
  const made = await octavia.post<{ pool: { id: string } }>('/lbaas/pools', {
    pool: { loadbalancer_id: loadbalancer.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP' },
  });
  await treeFree(cloud, loadbalancer.id);
  const web = await cloud.network.get<{ port: { fixed_ips: { ip_address: string }[] } }>(`/ports/${shop.ports.web1}`);
  const member = { address: web.port.fixed_ips[0]?.ip_address, protocol_port: 22, admin_state_up: false };
  await octavia.post(`/lbaas/pools/${made.pool.id}/members`, { member });
}

type Make = (path: string, key: string, body: Record<string, unknown>) => Promise<string>;

async function balancerOf(cloud: Cloud, shop: Shop): Promise<string> {
  const octavia = cloud['load-balancer'];
  const { flavors } = await octavia.get<{ flavors: readonly { id: string }[] }>('/lbaas/flavors');
  const { loadbalancer } = await octavia.post<{ loadbalancer: { id: string; vip_port_id: string } }>(
    '/lbaas/loadbalancers',
    {
      loadbalancer: {
        name: 'odd-front',
        description: 'In front of the shop',
        vip_subnet_id: shop.subnetId,
        vip_address: '10.20.0.220',
        tags: ['odd'],
        ...(flavors[0] && { flavor_id: flavors[0].id }),
      },
    },
  );
  await cloud.network.post('/floatingips', {
    floatingip: {
      floating_network_id: shop.externalNetworkId,
      port_id: loadbalancer.vip_port_id,
      description: 'Of the load balancer',
    },
  });
  return loadbalancer.id;
}

async function members(cloud: Cloud, shop: Shop, pool: string, make: Make): Promise<void> {
  for (const [name, portId, more] of [
    ['one', shop.ports.web1, { weight: 5, monitor_port: 8080 }],
    ['drained', shop.ports.web2, { weight: 0, backup: true }],
  ] as const) {
    const { port } = await cloud.network.get<{ port: { fixed_ips: { ip_address: string }[] } }>(`/ports/${portId}`);
    await make(`pools/${pool}/members`, 'member', {
      name,
      address: port.fixed_ips[0]?.ip_address,
      protocol_port: 80,
      subnet_id: shop.subnetId,
      tags: ['odd'],
      ...more,
    });
  }
}

async function policies(listener: string, pool: string, make: Make): Promise<void> {
  const policy = (body: Record<string, unknown>): Promise<string> =>
    make('l7policies', 'l7policy', { listener_id: listener, ...body });
  const [last, first] = [
    await policy({ name: 'rest', action: 'REDIRECT_TO_URL', redirect_url: 'https://shop.example/', position: 1 }),
    await policy({ name: 'images', action: 'REDIRECT_TO_POOL', redirect_pool_id: pool, position: 1 }),
  ];
  await policy({ name: 'between', description: 'Nobody', action: 'REJECT', position: 2, admin_state_up: false });
  const rule = (of: string, body: Record<string, unknown>): Promise<string> =>
    make(`l7policies/${of}/rules`, 'rule', body);
  await rule(first, { type: 'PATH', compare_type: 'STARTS_WITH', value: '/images' });
  await rule(first, { type: 'HEADER', compare_type: 'EQUAL_TO', key: 'X-Old', value: 'yes', invert: true });
  await rule(last, { type: 'HOST_NAME', compare_type: 'REGEX', value: '.*', tags: ['odd'] });
}

/** All that a project has of them, each with what it holds. */
export async function balancerInventory(cloud: Cloud): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { key, item } of await balancersOf(cloud)) {
    const held = (item['members'] ?? item['rules'] ?? []) as readonly { readonly id: string }[];
    const ids = held.map(({ id }) => id).sort();
    found.push([key, item.id, ...ids].join(' '));
  }
  return found;
}
