import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '../until.ts';
import { findByName } from './networks.ts';
import type { ShopNetworks, ShopOffer, ShopServers } from './shop.ts';

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2gqQ3v1Hh0d0n0b0c3T4H2R6z8sQ0m1ZrYkq5b8T9u shop';
const userData = (role: string): string =>
  Buffer.from(`#cloud-config\nwrite_files:\n  - path: /etc/shop-role\n    content: ${role}\n`).toString('base64');

const TAGS_AT_CREATE = '2.52';

export async function createServers(cloud: Cloud, offer: ShopOffer, nets: ShopNetworks): Promise<ShopServers> {
  const imageId = await findByName(cloud, '/images', 'images', offer.image, 'image');
  const flavorId = await findByName(cloud, '/flavors', 'flavors', offer.flavor, 'compute');
  await cloud.compute.post('/os-keypairs', { keypair: { name: 'shop-key', public_key: PUBLIC_KEY } });
  const { server_group } = await cloud.compute.post<{ server_group: { id: string } }>(
    '/os-server-groups',
    { server_group: { name: 'shop-webs', policy: 'soft-anti-affinity' } },
    { microversion: '2.64' },
  );
  const [web2Root, db1Root, db1Data] = await Promise.all([
    createVolume(cloud, { name: 'web-2-root', size: 1, imageRef: imageId, volume_type: offer.volumeType }),
    createVolume(cloud, {
      name: 'db-1-root',
      size: 1,
      imageRef: imageId,
      volume_type: offer.volumeType,
      metadata: { role: 'root' },
    }),
    createVolume(cloud, {
      name: 'db-1-data',
      size: 1,
      volume_type: offer.volumeType,
      description: 'Orders',
      metadata: { role: 'data', tier: 'gold' },
    }),
  ]);
  const common = { flavorRef: flavorId, key_name: 'shop-key' };
  const boot = (volume: string, index: number): Record<string, unknown> => ({
    uuid: volume,
    source_type: 'volume',
    destination_type: 'volume',
    boot_index: index,
    delete_on_termination: index === 0,
  });
  const hints = { 'os:scheduler_hints': { group: server_group.id } };
  const servers = {
    // Both are called "web": names are no identities.
    web1: await createServer(
      cloud,
      {
        ...common,
        name: 'web',
        imageRef: imageId,
        networks: [{ port: nets.ports.web1 }],
        user_data: userData('web-1'),
        metadata: { role: 'web-1' },
        tags: ['shop', 'web'],
        description: 'The first front',
      },
      hints,
    ),
    web2: await createServer(
      cloud,
      {
        ...common,
        name: 'web',
        networks: [{ port: nets.ports.web2 }],
        block_device_mapping_v2: [boot(web2Root, 0)],
        user_data: userData('web-2'),
        metadata: { role: 'web-2' },
        tags: ['shop', 'web'],
      },
      hints,
    ),
    db1: await createServer(
      cloud,
      {
        ...common,
        name: 'db-1',
        networks: [{ port: nets.ports.db1 }, { port: nets.ports.db1Second }],
        block_device_mapping_v2: [boot(db1Root, 0), boot(db1Data, -1)],
        user_data: userData('db-1'),
        metadata: { role: 'db-1', tier: 'gold' },
        tags: ['shop', 'database'],
        config_drive: true,
      },
      {},
    ),
  };
  await Promise.all(Object.values(servers).map((id) => serverReady(cloud, id)));
  return {
    keypair: 'shop-key',
    serverGroupId: server_group.id,
    imageId,
    servers,
    volumes: { web2Root, db1Root, db1Data },
  };
}

async function createServer(
  cloud: Cloud,
  server: Record<string, unknown>,
  hints: Record<string, unknown>,
): Promise<string> {
  return (
    await cloud.compute.post<{ server: { id: string } }>(
      '/servers',
      { server, ...hints },
      { microversion: TAGS_AT_CREATE },
    )
  ).server.id;
}

async function createVolume(cloud: Cloud, volume: Record<string, unknown>): Promise<string> {
  const { id } = (await cloud.volume.post<{ volume: { id: string } }>('/volumes', { volume })).volume;
  return until(
    `volume ${String(volume['name'])}`,
    async () => {
      const { status } = (await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${id}`)).volume;
      if (status === 'error')
        throw external('shop-not-created', `Volume ${String(volume['name'])} went to error at ${cloud.site}.`);
      return status === 'available' ? id : undefined;
    },
    { timeoutMs: 120_000 },
  );
}

async function serverReady(cloud: Cloud, id: string): Promise<void> {
  await until(
    `server ${id}`,
    async () => {
      const { server } = await cloud.compute.get<{
        server: { status: string; name: string; fault?: { message: string } };
      }>(`/servers/${id}`);
      if (server.status === 'ERROR')
        throw external(
          'shop-not-created',
          `Server ${server.name} went to ERROR at ${cloud.site}: ${server.fault?.message ?? 'no reason given'}`,
        );
      return server.status === 'ACTIVE' ? true : undefined;
    },
    { timeoutMs: 300_000 },
  );
}
