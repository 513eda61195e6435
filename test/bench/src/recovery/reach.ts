import type { Cloud } from '@lifeboat/openstack-client';

/** Every tenth server can be reached from outside. */
const EACH = 10;

interface Port {
  readonly id: string;
  readonly name: string;
}

/** A router with a way out, an interface in each of the project's networks, and floating IPs for some of its servers. */
export async function reachable(cloud: Cloud): Promise<void> {
  const { networks } = await cloud.network.get<{ networks: readonly { id: string; 'router:external': boolean }[] }>(
    '/networks',
  );
  const outside = networks.find((network) => network['router:external'])?.id;
  const { router } = await cloud.network.post<{ router: { id: string } }>('/routers', {
    router: { name: 'edge', external_gateway_info: { network_id: outside } },
  });
  const { projectId } = await cloud.whoAmI();
  const subnets = cloud.network.list<{ id: string }>('/subnets', 'subnets', { query: { project_id: projectId } });
  for await (const { id } of subnets)
    await cloud.network.put(`/routers/${router.id}/add_router_interface`, { subnet_id: id });
  const ports = cloud.network.list<Port>('/ports', 'ports', { query: { device_owner: 'compute:nova' } });
  for await (const { id, name } of ports)
    if (Number(/^srv-(\d+)-/.exec(name)?.[1]) % EACH === 0)
      await cloud.network.post('/floatingips', { floatingip: { floating_network_id: outside, port_id: id } });
}
