import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { defaultOffer, until } from '@lifeboat/testing';

type Made<K extends string> = Record<K, { readonly id: string }>;

interface Standing {
  readonly status: string;
}

const SLOW = { timeoutMs: 10 * 60_000, everyMs: 500 };

/** So many servers that boot from volumes, each with a port on one routed network; answers their ids when all are ACTIVE. */
export async function createFleet(cloud: Cloud, count: number): Promise<readonly string[]> {
  const { network, group } = await createNetwork(cloud);
  const [image, flavor] = [
    await idOf(cloud, 'image', '/images', 'images', defaultOffer.image),
    await idOf(cloud, 'compute', '/flavors', 'flavors', defaultOffer.flavor),
  ];
  const servers: string[] = [];
  for (let n = 1; n <= count; n++)
    servers.push(await createServer(cloud, `node-${n}`, { network, group, image, flavor }));
  for (const id of servers) await reaches(cloud, 'compute', `/servers/${id}`, 'server', 'ACTIVE');
  return servers;
}

async function createNetwork(cloud: Cloud): Promise<{ readonly network: string; readonly group: string }> {
  const net = cloud.network;
  const { network } = await net.post<Made<'network'>>('/networks', { network: { name: 'fleet' } });
  const { subnet } = await net.post<Made<'subnet'>>('/subnets', {
    subnet: { name: 'fleet', network_id: network.id, ip_version: 4, cidr: '10.30.0.0/24' },
  });
  const outside = await idOf(cloud, 'network', '/networks', 'networks', defaultOffer.externalNetwork);
  const { router } = await net.post<Made<'router'>>('/routers', {
    router: { name: 'fleet', external_gateway_info: { network_id: outside } },
  });
  await net.put(`/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const { security_group } = await net.post<Made<'security_group'>>('/security-groups', {
    security_group: { name: 'fleet', description: 'All of the fleet' },
  });
  await net.post('/security-group-rules', {
    security_group_rule: { security_group_id: security_group.id, direction: 'ingress', protocol: 'icmp' },
  });
  return { network: network.id, group: security_group.id };
}

async function createServer(
  cloud: Cloud,
  name: string,
  { network, group, image, flavor }: Readonly<Record<'network' | 'group' | 'image' | 'flavor', string>>,
): Promise<string> {
  const { port } = await cloud.network.post<Made<'port'>>('/ports', {
    port: { name, network_id: network, security_groups: [group] },
  });
  const { volume } = await cloud.volume.post<Made<'volume'>>('/volumes', {
    volume: { name, size: 1, imageRef: image, volume_type: defaultOffer.volumeType },
  });
  await reaches(cloud, 'volume', `/volumes/${volume.id}`, 'volume', 'available');
  const disk = { uuid: volume.id, source_type: 'volume', destination_type: 'volume', boot_index: 0 };
  const { server } = await cloud.compute.post<Made<'server'>>('/servers', {
    server: { name, flavorRef: flavor, networks: [{ port: port.id }], block_device_mapping_v2: [disk] },
  });
  return server.id;
}

async function reaches(cloud: Cloud, service: 'compute' | 'volume', path: string, kind: string, wanted: string) {
  await until(
    `${kind} to be ${wanted}`,
    async () => {
      const { [kind]: thing } = await cloud[service].get<Record<string, Standing>>(path);
      if (thing?.status.toLowerCase() === 'error')
        throw external('fleet-not-created', `A ${kind} of the fleet went to error at ${cloud.site}.`);
      return thing?.status === wanted || undefined;
    },
    SLOW,
  );
}

async function idOf(
  cloud: Cloud,
  service: 'network' | 'compute' | 'image',
  path: string,
  key: string,
  name: string,
): Promise<string> {
  for await (const item of cloud[service].list<{ id: string; name: string }>(path, key))
    if (item.name === name) return item.id;
  throw external('offer-missing', `${cloud.site} has no "${name}" in its ${key}.`);
}
