import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;
const latest = { microversion: '2.93' };

describe('the played Nova', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  let image: string;
  let flavor: string;
  let network: string;
  beforeEach(async () => {
    cloud = await startSpecCloud();
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin', 'demo')]);
    image = ((await demo.get('/image/v2/images?name=guest')).body['images'] as { id: string }[])[0]?.id ?? '';
    flavor =
      ((await demo.get('/compute/v2.1/flavors')).body['flavors'] as { id: string; name: string }[]).find(
        (one) => one.name === 'tiny',
      )?.id ?? '';
    network = (await demo.make('/network/v2.0/networks', 'network', { name: 'front' })).id;
    await demo.make('/network/v2.0/subnets', 'subnet', { network_id: network, ip_version: 4, cidr: '10.5.0.0/24' });
  });
  afterEach(() => cloud.stop());

  const servers = '/compute/v2.1/servers';
  const server = (body: Json = {}, more: Json = {}): Promise<Json & { id: string }> =>
    demo
      .make(
        servers,
        '',
        {
          server: {
            name: 'web',
            flavorRef: flavor,
            networks: [{ uuid: network }],
            ...(body['block_device_mapping_v2'] === undefined && { imageRef: image }),
            ...body,
          },
          ...more,
        },
        latest,
      )
      .then((made) => made['server'] as Json & { id: string });
  const active = (id: string): Promise<Json> =>
    demo.until(`${servers}/${id}`, 'server', (one) => one['status'] === 'ACTIVE' || one['status'] === 'ERROR', latest);
  const ready = async (body: Json = {}, more: Json = {}): Promise<Json & { id: string }> => {
    const { id } = await server(body, more);
    const shown = await active(id);
    expect(shown['status']).toBe('ACTIVE');
    return { ...shown, id };
  };
  const act = async (id: string, action: Json): Promise<number> =>
    (await demo.post(`${servers}/${id}/action`, action, latest)).status;
  const became = (id: string, status: string): Promise<Json> =>
    demo.until(`${servers}/${id}`, 'server', (one) => one['status'] === status, latest);
  const bootVolume = (body: Json = {}): Promise<string> => demo.readyVolume({ size: 1, imageRef: image, ...body });

  it('shelves: a root without volume becomes an image, volumes stay reserved and can have no snapshot', async () => {
    const [{ id }, data] = [await ready(), await demo.readyVolume({ size: 1 })];
    await demo.post(`${servers}/${id}/os-volume_attachments`, { volumeAttachment: { volumeId: data } }, latest);
    await demo.status(`/volume/v3/{p}/volumes/${data}`, 'volume', 'in-use');
    expect(await act(id, { shelve: null })).toBe(202);
    await became(id, 'SHELVED_OFFLOADED');
    const shelved = (await demo.get('/image/v2/images?name=web-shelved')).body['images'] as Json[];
    expect(shelved).toHaveLength(1);
    expect(shelved[0]).toMatchObject({ instance_uuid: id });
    const { body } = await demo.get(`/volume/v3/{p}/volumes/${data}`);
    expect(body['volume']).toMatchObject({ status: 'reserved', attachments: [] });
    expect(await act(id, { pause: null })).toBe(409);
    expect(await act(id, { unshelve: null })).toBe(202);
    await became(id, 'ACTIVE');
    await demo.status(`/volume/v3/{p}/volumes/${data}`, 'volume', 'in-use');
    expect((await demo.get('/image/v2/images?name=web-shelved')).body['images']).toEqual([]);
  });

  it('rescues and unrescues', async () => {
    const { id } = await ready();
    expect(await act(id, { rescue: {} })).toBe(200);
    await became(id, 'RESCUE');
    expect(await act(id, { 'os-stop': null })).toBe(409);
    await act(id, { unrescue: null });
    await became(id, 'ACTIVE');
  });

  it('takes names of any script up to 255 characters, and makes a hostname of what Latin-1 knows of them', async () => {
    const { id } = await ready({ name: 'Größe_1 ✓' });
    expect((await demo.get(`${servers}/${id}`, latest)).body['server']).toMatchObject({
      'OS-EXT-SRV-ATTR:hostname': 'größe-1',
    });
    const make = (body: Json): Promise<number> =>
      demo
        .post(servers, { server: { flavorRef: flavor, imageRef: image, networks: 'none', ...body } }, latest)
        .then(({ status }) => status);
    expect(await make({ name: '語'.repeat(255) })).toBe(202);
    expect(await make({ name: '語'.repeat(256) })).toBe(400);
    expect(await make({ name: '' })).toBe(400);
    expect(await make({ name: 'a', hostname: 'a' })).toBe(400);
  });

  it('builds from an image: BUILD first, then ACTIVE with an address, and a port that goes with the server', async () => {
    const { id } = await server({ metadata: { tier: 'web' }, tags: ['red'], description: 'front end' });
    expect((await demo.get(`${servers}/${id}`)).body['server']).toMatchObject({ status: 'BUILD', addresses: {} });
    const shown = await active(id);
    expect(shown).toMatchObject({
      status: 'ACTIVE',
      metadata: { tier: 'web' },
      tags: ['red'],
      description: 'front end',
      config_drive: '',
      image: { id: image },
      flavor: { original_name: 'tiny' },
      security_groups: [{ name: 'default' }],
    });
    expect(shown['flavor']).not.toHaveProperty('id');
    expect(Object.keys(shown['addresses'] as Json)).toEqual(['front']);
    expect((await demo.delete(`${servers}/${id}`)).status).toBe(204);
    await demo.gone(`${servers}/${id}`);
    expect((await demo.get(`/network/v2.0/ports?device_id=${id}`)).body).toEqual({ ports: [] });
  });

  it('keeps a port it was given, unbound, when the server goes; and refuses it to a second server', async () => {
    const port = await demo.make('/network/v2.0/ports', 'port', {
      network_id: network,
      fixed_ips: [{ ip_address: '10.5.0.50' }],
    });
    const { id } = await ready({ networks: [{ port: port.id }] });
    expect((await demo.get(`/network/v2.0/ports/${port.id}`)).body).toMatchObject({
      port: { device_id: id, device_owner: 'compute:nova', status: 'ACTIVE' },
    });
    const second = await demo.post(
      servers,
      { server: { name: 'b', flavorRef: flavor, imageRef: image, networks: [{ port: port.id }] } },
      latest,
    );
    expect([second.status, second.body]).toEqual([
      409,
      { conflictingRequest: { code: 409, message: `Port ${port.id} is still in use.` } },
    ]);
    await demo.delete(`${servers}/${id}`);
    await demo.gone(`${servers}/${id}`);
    expect((await demo.get(`/network/v2.0/ports/${port.id}`)).body).toMatchObject({
      port: { device_id: '', device_owner: '', fixed_ips: [{ ip_address: '10.5.0.50' }] },
    });
  });

  it('boots from a volume, honours delete_on_termination and refuses a volume that is in use', async () => {
    const [root, data] = [await bootVolume(), await demo.readyVolume({ size: 1 })];
    const devices = [
      { uuid: root, source_type: 'volume', destination_type: 'volume', boot_index: 0, delete_on_termination: true },
      {
        uuid: data,
        source_type: 'volume',
        destination_type: 'volume',
        boot_index: -1,
        delete_on_termination: false,
        tag: 'db',
      },
    ];
    const made = await ready({ block_device_mapping_v2: devices });
    expect(made).toMatchObject({
      image: '',
      'os-extended-volumes:volumes_attached': [
        { id: root, delete_on_termination: true },
        { id: data, delete_on_termination: false },
      ],
    });
    expect((await demo.get(`/volume/v3/{p}/volumes/${data}`)).body).toMatchObject({
      volume: { status: 'in-use', attachments: [{ server_id: made.id, device: '/dev/vdb' }] },
    });
    expect((await demo.get(`${servers}/${made.id}/os-volume_attachments`, latest)).body).toMatchObject({
      volumeAttachments: [
        { volumeId: root, tag: null },
        { volumeId: data, tag: 'db' },
      ],
    });
    const taken = await demo.post(
      servers,
      { server: { name: 'b', flavorRef: flavor, networks: 'none', block_device_mapping_v2: [devices[0]] } },
      latest,
    );
    expect([taken.status, JSON.stringify(taken.body)]).toEqual([
      400,
      expect.stringContaining('status must be available'),
    ]);
    await demo.delete(`${servers}/${made.id}`);
    await demo.gone(`/volume/v3/{p}/volumes/${root}`);
    expect((await demo.get(`/volume/v3/{p}/volumes/${data}`)).body).toMatchObject({
      volume: { status: 'available', attachments: [] },
    });
  });

  it('shows user data to administrators only, and only since 2.3', async () => {
    const { id } = await ready({ user_data: Buffer.from('#!/bin/sh').toString('base64') });
    const key = 'OS-EXT-SRV-ATTR:user_data';
    const seen = async (client: SpecClient, microversion: string): Promise<Json> =>
      (await client.get(`${servers}/${id}`, { microversion })).body['server'] as Json;
    expect((await seen(admin, '2.93'))[key]).toBe(Buffer.from('#!/bin/sh').toString('base64'));
    expect(await seen(admin, '2.1')).not.toHaveProperty([key]);
    expect(await seen(demo, '2.93')).not.toHaveProperty([key]);
    expect((await seen(demo, '2.1'))['flavor']).toMatchObject({ id: flavor });
    expect((await demo.get(`${servers}?all_tenants=1`)).status).toBe(403);
    expect(
      (await demo.post('/compute/v2.1/flavors', { flavor: { name: 'x', vcpus: 1, ram: 1, disk: 1 } })).body,
    ).toEqual({
      forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed." },
    });
  });

  it('puts a server into its group by the hint of its creation, and forgets it there when it goes', async () => {
    const group = await demo.make(
      '/compute/v2.1/os-server-groups',
      'server_group',
      { name: 'spread', policy: 'soft-anti-affinity' },
      latest,
    );
    const { id } = await ready({}, { 'os:scheduler_hints': { group: group.id } });
    expect((await demo.get(`/compute/v2.1/os-server-groups/${group.id}`, latest)).body).toMatchObject({
      server_group: { policy: 'soft-anti-affinity', rules: {}, members: [id] },
    });
    expect((await demo.get(`/compute/v2.1/os-server-groups/${group.id}`, { microversion: '2.15' })).body).toMatchObject(
      { server_group: { policies: ['soft-anti-affinity'] } },
    );
    await demo.delete(`${servers}/${id}`);
    await demo.gone(`${servers}/${id}`);
    expect((await demo.get(`/compute/v2.1/os-server-groups/${group.id}`)).body).toMatchObject({
      server_group: { members: [] },
    });
  });

  it('images an ephemeral root with its bytes of that moment', async () => {
    const { id } = await ready();
    await fetch(`${cloud.url}/simulator/servers/${id}/root?offset=300000`, {
      method: 'PUT',
      body: 'written by the guest',
      headers: { 'content-type': 'application/octet-stream' },
    });
    const made = await demo.post(
      `${servers}/${id}/action`,
      { createImage: { name: 'snap', metadata: { mark: 'run-1' } } },
      latest,
    );
    const imageId = String(made.body['image_id']);
    const shown = await demo.status(`/image/v2/images/${imageId}`, '', 'active');
    expect(shown).toMatchObject({
      visibility: 'private',
      instance_uuid: id,
      image_type: 'snapshot',
      base_image_ref: image,
      mark: 'run-1',
      os_distro: 'debian',
      min_disk: 1,
      disk_format: 'raw',
    });
    const bytes = Buffer.from(
      await (
        await fetch(`${cloud.url}/image/v2/images/${imageId}/file`, { headers: { 'x-auth-token': demo.token } })
      ).arrayBuffer(),
    );
    expect([bytes.length, bytes.subarray(300_000, 300_020).toString()]).toEqual([1024 ** 2, 'written by the guest']);
    const old = await demo.post(`${servers}/${id}/action`, { createImage: { name: 'snap' } });
    expect([old.status, old.headers.get('location')]).toEqual([202, expect.stringContaining('/images/')]);
  });

  it('images a volume-booted server as a mapping to new snapshots, without bytes', async () => {
    const root = await bootVolume();
    const { id } = await ready({
      block_device_mapping_v2: [{ uuid: root, source_type: 'volume', destination_type: 'volume', boot_index: 0 }],
    });
    const made = await demo.post(`${servers}/${id}/action`, { createImage: { name: 'snap' } }, latest);
    const shown = (await demo.get(`/image/v2/images/${String(made.body['image_id'])}`)).body;
    const snapshots = (await demo.get('/volume/v3/{p}/snapshots')).body['snapshots'] as {
      id: string;
      name: string;
      volume_id: string;
    }[];
    expect([shown['size'], shown['status'], snapshots.map((one) => [one.name, one.volume_id])]).toEqual([
      0,
      'active',
      [['snapshot for snap', root]],
    ]);
    expect(JSON.parse(String(shown['block_device_mapping']))).toMatchObject([
      { snapshot_id: snapshots[0]?.id, boot_index: 0, volume_size: 1 },
    ]);
  });

  it('refuses at once what Nova refuses at once', async () => {
    const base = { name: 'x', flavorRef: flavor, imageRef: image, networks: [{ uuid: network }] };
    const refusals: readonly (readonly [Json, number, string])[] = [
      [{ flavorRef: 'none' }, 400, 'Flavor none could not be found.'],
      [{ imageRef: '00000000-0000-4000-8000-000000000000' }, 400, 'Can not find requested image'],
      [{ key_name: 'absent' }, 400, 'Invalid key_name provided.'],
      [{ networks: undefined }, 400, "'networks' is a required property"],
      [{ availability_zone: 'mars' }, 400, 'availability zone'],
      [{ security_groups: [{ name: 'absent' }] }, 400, 'Unable to find security_group'],
      [{ user_data: '§' }, 400, 'Userdata'],
    ];
    for (const [change, status, words] of refusals) {
      const reply = await demo.post(servers, { server: { ...base, ...change } }, latest);
      expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(words)]);
    }
    await admin.put(`/compute/v2.1/os-quota-sets/${demo.projectId}`, { quota_set: { instances: 0 } });
    const over = await demo.post(servers, { server: base }, latest);
    expect([over.status, over.body]).toEqual([
      403,
      {
        forbidden: {
          code: 403,
          message: 'Quota exceeded for instances: Requested 1, but already used 0 of 0 instances',
        },
      },
    ]);
    expect((await demo.get('/simulator/../network/v2.0/ports?device_owner=compute:nova')).body).toEqual({ ports: [] });
  });

  it('stops, starts and locks; attaches and detaches volumes and ports', async () => {
    const { id } = await ready();
    const act = (body: Json): Promise<{ status: number }> => demo.post(`${servers}/${id}/action`, body, latest);
    expect((await act({ 'os-stop': null })).status).toBe(202);
    await demo.status(`${servers}/${id}`, 'server', 'SHUTOFF');
    expect((await act({ 'os-stop': null })).status).toBe(409);
    await act({ 'os-start': null });
    await active(id);
    await act({ lock: { locked_reason: 'no touching' } });
    expect((await demo.get(`${servers}/${id}`, latest)).body).toMatchObject({
      server: { locked: true, locked_reason: 'no touching' },
    });
    expect((await demo.delete(`${servers}/${id}`)).status).toBe(409);
    await act({ unlock: null });
    const volume = await demo.readyVolume({ size: 1 });
    await demo.make(`${servers}/${id}/os-volume_attachments`, 'volumeAttachment', { volumeId: volume }, latest);
    await demo.status(`/volume/v3/{p}/volumes/${volume}`, 'volume', 'in-use');
    expect((await demo.delete(`${servers}/${id}/os-volume_attachments/${volume}`)).status).toBe(202);
    await demo.status(`/volume/v3/{p}/volumes/${volume}`, 'volume', 'available');
    const nic = await demo.make(`${servers}/${id}/os-interface`, 'interfaceAttachment', { net_id: network }, latest);
    expect((await demo.get(`${servers}/${id}/os-interface`)).body['interfaceAttachments']).toHaveLength(2);
    await demo.delete(`${servers}/${id}/os-interface/${String(nic['port_id'])}`);
    await demo.until(
      `${servers}/${id}/os-interface`,
      'interfaceAttachments',
      (list) => (list as unknown as unknown[]).length === 1,
    );
  });

  it('runs the guest from the bytes: its counter goes on in a server made from copies of its disks', async () => {
    const [root, data] = [await bootVolume(), await demo.readyVolume({ size: 1 })];
    const devices = (boot: string, second: string): Json => ({
      block_device_mapping_v2: [
        { uuid: boot, source_type: 'volume', destination_type: 'volume', boot_index: 0 },
        { uuid: second, source_type: 'volume', destination_type: 'volume', boot_index: -1 },
      ],
    });
    const { id } = await ready(devices(root, data));
    await fetch(`${cloud.url}/simulator/servers/${id}/guest`, {
      method: 'POST',
      body: '{"everyMs": 3}',
      headers: { 'content-type': 'application/json' },
    });
    const guest = (of: string): string => `/simulator/servers/${of}/guest`;
    const ticking = await demo.until(guest(id), '', (one) => Number(one['data']) >= 5);
    const copies = await Promise.all(
      [root, data].map(async (volume) => {
        const snapshot = await demo.make('/volume/v3/{p}/snapshots', 'snapshot', { volume_id: volume, force: true });
        await demo.status(`/volume/v3/{p}/snapshots/${snapshot.id}`, 'snapshot', 'available');
        return demo.readyVolume({ size: 1, snapshot_id: snapshot.id });
      }),
    );
    const second = await ready(devices(copies[0] ?? '', copies[1] ?? ''));
    const saidBy = (one: Json): string => ((one['console'] ?? []) as string[]).join('\n');
    const booted = await demo.until(guest(second.id), '', (one) => saidBy(one).includes('resuming'));
    const resumed = /resuming: boot disk at (\d+), data disk at (\d+)/.exec(saidBy(booted));
    expect(Number(resumed?.[2])).toBeGreaterThanOrEqual(Number(ticking['data']));
    const output = (await demo.post(`${servers}/${id}/action`, { 'os-getConsoleOutput': { length: 3 } })).body[
      'output'
    ];
    expect(String(output)).toMatch(/^tick boot=\d+ data=\d+ web 10\.5\.0\.\d+$/m);
  });

  it('goes to ERROR and says why when a volume it was to make does not come', async () => {
    await admin.put(`/volume/v3/{p}/os-quota-sets/${demo.projectId}`, { quota_set: { volumes: 0 } });
    const { id } = await server({
      block_device_mapping_v2: [
        { uuid: image, source_type: 'image', destination_type: 'volume', boot_index: 0, volume_size: 1 },
      ],
    });
    const shown = await active(id);
    expect(shown).toMatchObject({
      status: 'ERROR',
      fault: { code: 500, message: expect.stringContaining('VolumeLimitExceeded') },
    });
    await sleep(1);
  });
});
