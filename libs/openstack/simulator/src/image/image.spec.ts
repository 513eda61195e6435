import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

const patchType = { 'content-type': 'application/openstack-images-v2.1-json-patch' };

describe('the played Glance', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  beforeAll(async () => {
    cloud = await startSpecCloud({ glanceStore: 'file' });
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin')]);
  });
  afterAll(() => cloud.stop());

  const register = (body: Record<string, unknown> = {}): Promise<{ id: string }> =>
    demo.make('/image/v2/images', '', { name: 'web', disk_format: 'raw', container_format: 'bare', ...body });

  it('keeps bytes, says their digests and gives ranges of them', async () => {
    const bytes = Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000), randomBytes(100_001)]);
    const { id } = await register({ os_distro: 'debian' });
    expect((await demo.put(`/image/v2/images/${id}/file`, bytes)).status).toBe(204);
    const image = (await demo.get(`/image/v2/images/${id}`)).body;
    expect(image).toMatchObject({
      status: 'active',
      size: bytes.length,
      os_distro: 'debian',
      checksum: createHash('md5').update(bytes).digest('hex'),
      os_hash_algo: 'sha512',
      os_hash_value: createHash('sha512').update(bytes).digest('hex'),
    });
    const headers = { 'x-auth-token': demo.token };
    const whole = Buffer.from(
      await (await fetch(`${cloud.url}/image/v2/images/${id}/file`, { headers })).arrayBuffer(),
    );
    expect(whole.equals(bytes)).toBe(true);
    const rest = await fetch(`${cloud.url}/image/v2/images/${id}/file`, {
      headers: { ...headers, range: 'bytes=150000-' },
    });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, `bytes 150000-600000/600001`]);
    expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(150_000))).toBe(true);
    expect(
      (await fetch(`${cloud.url}/image/v2/images/${id}/file`, { headers: { ...headers, range: 'bytes=900000-' } }))
        .status,
    ).toBe(416);
  });

  it('takes an id the client chooses once and never again, not even after deletion', async () => {
    const id = randomUUID();
    expect((await register({ id })).id).toBe(id);
    const again = await demo.post('/image/v2/images', { id, name: 'web' });
    expect([again.status, again.body['message']]).toEqual([
      409,
      expect.stringContaining(`Image ID ${id} already exists!`),
    ]);
    expect((await demo.delete(`/image/v2/images/${id}`)).status).toBe(204);
    expect((await demo.post('/image/v2/images', { id, name: 'web' })).status).toBe(409);
  });

  it('refuses bytes for an image that has them, and before its formats are known', async () => {
    const { id } = await register();
    await demo.put(`/image/v2/images/${id}/file`, randomBytes(10));
    const again = await demo.put(`/image/v2/images/${id}/file`, randomBytes(10));
    expect([again.status, again.body['message']]).toEqual([
      409,
      expect.stringContaining('Image status transition from active to saving is not allowed'),
    ]);
    const bare = await demo.make('/image/v2/images', '', { name: 'x' });
    expect((await demo.put(`/image/v2/images/${bare.id}/file`, randomBytes(10))).status).toBe(400);
  });

  it('is queued again when an upload is cut off', async () => {
    const { id } = await register();
    const cut = new AbortController();
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(randomBytes(100_000)) });
    const upload = fetch(`${cloud.url}/image/v2/images/${id}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': demo.token, 'content-type': 'application/octet-stream' },
      body: stream,
      duplex: 'half',
      signal: cut.signal,
    } as RequestInit);
    await demo.status(`/image/v2/images/${id}`, '', 'saving');
    cut.abort();
    await expect(upload).rejects.toThrow();
    await demo.status(`/image/v2/images/${id}`, '', 'queued');
  });

  it('patches properties and base fields, all or nothing', async () => {
    const { id } = await register({ role: 'web' });
    const patch = (changes: unknown): Promise<{ status: number }> =>
      demo.call('PATCH', `/image/v2/images/${id}`, { body: changes, headers: patchType });
    expect(
      (
        await patch([
          { op: 'replace', path: '/role', value: 'db' },
          { op: 'add', path: '/os_distro', value: 'debian' },
          { op: 'replace', path: '/name', value: 'renamed' },
        ])
      ).status,
    ).toBe(200);
    expect(
      (
        await patch([
          { op: 'replace', path: '/role', value: 'lost' },
          { op: 'remove', path: '/absent' },
        ])
      ).status,
    ).toBe(409);
    expect((await patch([{ op: 'replace', path: '/status', value: 'active' }])).status).toBe(403);
    expect((await demo.get(`/image/v2/images/${id}`)).body).toMatchObject({
      name: 'renamed',
      role: 'db',
      os_distro: 'debian',
      status: 'queued',
    });
  });

  it('publishes by administrators only, hides others’ images and shares with accepting members', async () => {
    const { id } = await register({ visibility: 'shared' });
    const refused = await demo.call('PATCH', `/image/v2/images/${id}`, {
      body: [{ op: 'replace', path: '/visibility', value: 'public' }],
      headers: patchType,
    });
    expect([refused.status, refused.body['message']]).toEqual([
      403,
      expect.stringContaining('You are not authorized to complete publicize_image action.'),
    ]);
    const project = await admin.make('/identity/v3/projects', 'project', { name: 'other' });
    const user = await admin.make('/identity/v3/users', 'user', { name: 'other', password: 'pw' });
    const roles = (await admin.get('/identity/v3/roles?name=member')).body['roles'] as { id: string }[];
    await admin.put(`/identity/v3/projects/${project.id}/users/${user.id}/roles/${roles[0]?.id}`, undefined);
    const other = await login(cloud.url, 'other', 'other', 'pw');
    expect((await other.get(`/image/v2/images/${id}`)).status).toBe(404);
    expect((await demo.post(`/image/v2/images/${id}/members`, { member: other.projectId })).status).toBe(200);
    expect((await other.get(`/image/v2/images/${id}`)).status).toBe(200);
    const ids = async (): Promise<unknown[]> =>
      ((await other.get('/image/v2/images')).body['images'] as { id: string }[]).map((image) => image.id);
    expect(await ids()).not.toContain(id);
    await other.put(`/image/v2/images/${id}/members/${other.projectId}`, { status: 'accepted' });
    expect(await ids()).toContain(id);
  });

  it('pages, and finds by digest, tag and several ids', async () => {
    const bytes = randomBytes(99);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await register({ name: 'paged', tags: ['series'] });
      await demo.put(`/image/v2/images/${id}/file`, index === 0 ? bytes : randomBytes(9));
      ids.push(id);
    }
    const hash = createHash('sha512').update(bytes).digest('hex');
    const found = async (query: string): Promise<string[]> =>
      ((await demo.get(`/image/v2/images?${query}`)).body['images'] as { id: string }[]).map((image) => image.id);
    expect(await found(`os_hash_value=${hash}`)).toEqual([ids[0]]);
    expect(await found(`id=in:${ids[1]},${ids[2]}`)).toHaveLength(2);
    const seen: string[] = [];
    let next: string | undefined = '/v2/images?tag=series&limit=2';
    while (next !== undefined) {
      const page: Record<string, unknown> = (await demo.get(`/image${next}`)).body;
      seen.push(...(page['images'] as { id: string }[]).map((image) => image.id));
      next = page['next'] as string | undefined;
    }
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it('keeps protected images, and no bytes for deactivated ones', async () => {
    const { id } = await register({ protected: true });
    await demo.put(`/image/v2/images/${id}/file`, randomBytes(1000));
    expect((await demo.delete(`/image/v2/images/${id}`)).status).toBe(403);
    await demo.call('PATCH', `/image/v2/images/${id}`, {
      body: [{ op: 'replace', path: '/protected', value: false }],
      headers: patchType,
    });
    expect((await admin.post(`/image/v2/images/${id}/actions/deactivate`, undefined)).status).toBe(204);
    expect((await demo.get(`/image/v2/images/${id}/file`)).status).toBe(403);
    expect((await demo.delete(`/image/v2/images/${id}`)).status).toBe(204);
  });
});

describe('the played Glance on Ceph', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let id: string;
  beforeAll(async () => {
    cloud = await startSpecCloud();
    demo = await login(cloud.url);
    id = (await demo.make('/image/v2/images', '', { name: 'web', disk_format: 'raw', container_format: 'bare' })).id;
    await demo.put(`/image/v2/images/${id}/file`, randomBytes(1000));
  });
  afterAll(() => cloud.stop());

  it('refuses ranges', async () => {
    const reply = await demo.get(`/image/v2/images/${id}/file`, { headers: { range: 'bytes=100-' } });
    expect([reply.status, reply.text]).toEqual([
      400,
      expect.stringContaining('Getting images randomly from this store is not supported. Offset: 100, length: 900'),
    ]);
    expect((await demo.get(`/image/v2/images/${id}/file`, { headers: { range: 'bytes=1000-' } })).status).toBe(416);
  });

  it('shows where the bytes are among the properties', async () => {
    expect((await demo.get(`/image/v2/images/${id}`)).body).toMatchObject({
      stores: 'rbd',
      direct_url: expect.stringContaining(id),
    });
  });

  it('keeps an image while a volume is a clone of it', async () => {
    const volume = await demo.readyVolume({ size: 1, imageRef: id });
    const held = await demo.delete(`/image/v2/images/${id}`);
    expect([held.status, held.text]).toEqual([409, expect.stringContaining('in use')]);
    await demo.delete(`/volume/v3/{p}/volumes/${volume}`);
    await demo.gone(`/volume/v3/{p}/volumes/${volume}`);
    expect((await demo.delete(`/image/v2/images/${id}`)).status).toBe(204);
  });
});
