import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

const SERVERS = 1_200;

describe('a bulk of servers', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  beforeAll(async () => {
    cloud = await startSpecCloud();
    demo = await login(cloud.url);
    await demo.post('/simulator/bulk', { servers: SERVERS });
  });
  afterAll(() => cloud.stop());

  type Item = Record<string, unknown> & { id: string };
  const page = async (path: string, key: string): Promise<{ items: Item[]; next: unknown }> => {
    const { body } = await demo.get(path);
    return { items: body[key] as Item[], next: body[`${key}_links`] };
  };

  it('is there at once, in pages of a thousand', async () => {
    const { items, next } = await page('/compute/v2.1/servers/detail', 'servers');
    expect(items).toHaveLength(1_000);
    expect(next).toBeDefined();
    expect((await page(`/compute/v2.1/servers?marker=${items.at(-1)?.id}`, 'servers')).items).toHaveLength(200);
  });

  it('has two ports and one or two volumes a server, each at its server, no address twice', async () => {
    const ports = (await page('/network/v2.0/ports?device_owner=compute:nova', 'ports')).items;
    expect(ports).toHaveLength(2 * SERVERS);
    const addresses = ports.map(({ network_id, fixed_ips }) => JSON.stringify([network_id, fixed_ips]));
    expect(new Set([...addresses, ...ports.map((port) => port['mac_address'])]).size).toBe(4 * SERVERS);
    const server = (await page('/compute/v2.1/servers/detail?name=srv-4$', 'servers')).items[0];
    const disks = (server?.['os-extended-volumes:volumes_attached'] ?? []) as { id: string }[];
    expect(disks).toHaveLength(2);
    for (const { id } of disks) {
      const { body } = await demo.get(`/volume/v3/{p}/volumes/${id}`);
      expect(body['volume']).toMatchObject({ status: 'in-use', attachments: [{ server_id: server?.id }] });
    }
  });
});
