import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;
const latest = { microversion: '2.93' };
const servers = '/compute/v2.1/servers';

describe('the played Nova, before it snapshots the volumes that a server was booted from', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let id: string;

  const start = async (properties: Json): Promise<void> => {
    // Long enough for a guest that is not held still to write many times.
    cloud = await startSpecCloud({ delayMs: 250 });
    demo = await login(cloud.url);
    const { images } = (await demo.get('/image/v2/images?name=guest')).body as { images: { id: string }[] };
    const { flavors } = (await demo.get('/compute/v2.1/flavors')).body as { flavors: { id: string; name: string }[] };
    const root = await demo.readyVolume({ size: 1, imageRef: images[0]?.id });
    await demo.post(`/volume/v3/{p}/volumes/${root}/action`, { 'os-set_image_metadata': { metadata: properties } });
    const server = {
      name: 'db',
      flavorRef: flavors.find(({ name }) => name === 'tiny')?.id,
      networks: 'none',
      block_device_mapping_v2: [
        { uuid: root, source_type: 'volume', destination_type: 'volume', boot_index: 0 },
        { uuid: await demo.readyVolume({ size: 1 }), source_type: 'volume', destination_type: 'volume' },
      ],
    };
    id = (await demo.make(servers, 'server', server, latest)).id;
    await demo.until(`${servers}/${id}`, 'server', (one) => one['status'] === 'ACTIVE', latest);
    await guest(({ console: lines }) => (lines as string[]).some((line) => line.includes('resuming')));
  };
  afterEach(() => cloud.stop());

  const guest = (wanted: (guest: Json) => boolean) => demo.until(`/simulator/servers/${id}/guest`, '', wanted);
  const write = async (): Promise<void> => {
    await demo.post(`/simulator/servers/${id}/guest`, { everyMs: 1 });
    await guest(({ boot }) => Number(boot ?? 0) > 2);
  };
  const ticks = async (): Promise<number> =>
    Number((await demo.get(`/simulator/servers/${id}/guest`)).body['boot'] ?? 0);
  const image = () => demo.post(`${servers}/${id}/action`, { createImage: { name: 'snap' } }, latest);
  /** How far the guest counts while the snapshots are made. */
  const written = async (): Promise<number> => {
    const before = await ticks();
    for (let last = before; ; last = await ticks()) {
      const { snapshots } = (await demo.get('/volume/v3/{p}/snapshots')).body as { snapshots: { status: string }[] };
      expect(snapshots).toHaveLength(2);
      if (snapshots.every(({ status }) => status === 'available')) return last - before;
    }
  };

  it('freezes its file systems where the image has the agent, and lets it write on', async () => {
    await start({ hw_qemu_guest_agent: 'yes', os_require_quiesce: 'yes' });
    await write();
    expect((await image()).status).toBe(202);
    // One write may have been under way.
    expect(await written()).toBeLessThanOrEqual(1);
    const then = await ticks();
    await guest(({ boot }) => Number(boot) > then + 1);
  });

  it('goes on in silence without the agent', async () => {
    await start({});
    await write();
    expect((await image()).status).toBe(202);
    const then = await ticks();
    await guest(({ boot }) => Number(boot) > then + 1);
    const { snapshots } = (await demo.get('/volume/v3/{p}/snapshots')).body as { snapshots: unknown[] };
    expect(snapshots).toHaveLength(2);
  });

  it('refuses where the image requires the freeze and the agent is not there', async () => {
    await start({ os_require_quiesce: 'yes' });
    const refused = await image();
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('guest agent is not enabled')]);
    expect((await demo.get('/volume/v3/{p}/snapshots')).body['snapshots']).toEqual([]);
  });
});
