import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

const latest = { microversion: '3.70' };
const volumes = '/volume/v3/{p}/volumes';
const attachments = '/volume/v3/{p}/attachments';
const servers = '/compute/v2.1/servers';

describe('a volume that is attached', () => {
  let folder: string;
  let cloud: Simulator;
  let demo: SpecClient;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-attachment-spec-'));
    cloud = await startSpecCloud({ dataDir: folder, guestDevices: true, sharedDisks: true });
    demo = await login(cloud.url);
  });
  afterEach(async () => {
    await cloud.stop();
    await rm(folder, { recursive: true });
  });
  const statusOf = async (id: string): Promise<unknown> =>
    ((await demo.get(`${volumes}/${id}`)).body['volume'] as { status: string }).status;

  it('to a host goes from attaching to in-use when the host has it, and names the device', async () => {
    const id = await demo.readyVolume({ size: 1 });
    const made = await demo.make(
      attachments,
      'attachment',
      { volume_uuid: id, connector: { host: 'worker', ip: '192.0.2.9', initiator: 'iqn.x:y' } },
      latest,
    );
    expect(made).toMatchObject({
      status: 'attaching',
      instance: null,
      connection_info: { driver_volume_type: 'local', device_path: join(folder, 'disks', `volume-${id}.raw`) },
    });
    expect(await statusOf(id)).toBe('attaching');
    const again = { attachment: { volume_uuid: id, connector: { host: 'another' } } };
    expect((await demo.post(attachments, again, latest)).status).toBe(400);
    const done = await demo.post(`${attachments}/${made.id}/action`, { 'os-complete': {} }, latest);
    expect(done.status).toBe(204);
    expect((await demo.get(`${volumes}/${id}`)).body).toMatchObject({
      volume: { status: 'in-use', attachments: [{ server_id: null, attachment_id: made.id }] },
    });
    expect((await demo.delete(`${volumes}/${id}`)).status).toBe(400);
    expect((await demo.delete(`${attachments}/${made.id}`)).status).toBe(200);
    expect(await statusOf(id)).toBe('available');
  });

  it('without a connector is reserved until it has one', async () => {
    const id = await demo.readyVolume({ size: 1 });
    const made = await demo.make(attachments, 'attachment', { volume_uuid: id }, latest);
    expect(made).toMatchObject({ status: 'reserved', connection_info: {} });
    expect(await statusOf(id)).toBe('reserved');
    const early = await demo.post(`${attachments}/${made.id}/action`, { 'os-complete': {} }, latest);
    expect(early.status).toBe(400);
    const body = { attachment: { connector: { host: 'worker' } } };
    expect((await demo.put(`${attachments}/${made.id}`, body, latest)).body).toMatchObject({
      attachment: { status: 'attaching' },
    });
  });

  it('to a server is seen by its guest under the beginning of its id, until it is detached', async () => {
    const id = await demo.readyVolume({ size: 1 });
    await fetch(`${cloud.url}/simulator/volumes/${id}/bytes?offset=0`, { method: 'PUT', body: new Uint8Array([7, 7]) });
    const { flavors } = (await demo.get('/compute/v2.1/flavors')).body as { flavors: { id: string; name: string }[] };
    const { images } = (await demo.get('/image/v2/images?name=guest')).body as { images: { id: string }[] };
    const server = await demo.make(
      servers,
      'server',
      {
        name: 'mover',
        flavorRef: flavors.find(({ name }) => name === 'tiny')?.id,
        imageRef: images[0]?.id,
        networks: 'none',
      },
      { microversion: '2.93' },
    );
    await demo.status(`${servers}/${server.id}`, 'server', 'ACTIVE');
    await demo.make(`${servers}/${server.id}/os-volume_attachments`, 'volumeAttachment', { volumeId: id });
    const seen = (): Promise<Buffer | undefined> =>
      readFile(join(folder, 'guests', server.id, `virtio-${id.slice(0, 20)}`)).catch(() => undefined);
    const until = async (there: boolean): Promise<void> => {
      while (((await seen()) !== undefined) !== there) await pause(2);
    };
    await until(true);
    expect(await statusOf(id)).toBe('in-use');
    expect((await seen())?.subarray(0, 3)).toEqual(Buffer.from([7, 7, 0]));
    const [own] = (await demo.get(`${attachments}?volume_id=${id}`)).body['attachments'] as { id: string }[];
    // Only Nova may, while the server stands.
    expect((await demo.delete(`${attachments}/${own?.id}`)).status).toBe(409);
    expect((await demo.delete(`${servers}/${server.id}/os-volume_attachments/${id}`)).status).toBe(202);
    expect(await statusOf(id)).toBe('detaching');
    await until(false);
    await demo.status(`${volumes}/${id}`, 'volume', 'available');
  });
});
