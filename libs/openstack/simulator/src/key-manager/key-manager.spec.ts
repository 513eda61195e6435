import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud } from '../testing/spec-client.ts';
import type { Reply, SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;

const secrets = '/key-manager/v1/secrets';
const text = { payload: 'hunter22', payload_content_type: 'text/plain' };
const said = ({ status, body }: Reply): readonly [number, unknown] => [status, body['title']];

describe('the played Barbican', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  let colleague: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud({ furtherServices: ['key-manager'] });
    [demo, admin, colleague] = await Promise.all([
      login(cloud.url),
      login(cloud.url, 'admin'),
      login(cloud.url, 'admin', 'demo'),
    ]);
  });
  afterEach(() => cloud.stop());

  const store = async (body: Json = {}, as = demo): Promise<string> => {
    const reply = await as.post(secrets, body);
    if (reply.status !== 201) throw new Error(reply.text);
    return String(reply.body['secret_ref']).replace(cloud.url, '');
  };
  const bytesOf = (path: string, accept: string, as = demo): Promise<Reply> =>
    as.get(`${path}/payload`, { headers: { accept } });

  it('stands in the catalog only where it is asked for', async () => {
    const bare = await startSpecCloud();
    const client = await login(bare.url);
    expect((await client.get('/key-manager/v1/secrets')).status).toBe(404);
    await bare.stop();
  });

  it('tells a payload by itself only, in the type it came in', async () => {
    const path = await store({ name: 'door', ...text });
    const { body } = await demo.get(path);
    expect(body).toMatchObject({ name: 'door', secret_type: 'opaque', content_types: { default: 'text/plain' } });
    expect(JSON.stringify(body)).not.toContain('hunter22');
    expect((await bytesOf(path, 'text/plain')).text).toBe('hunter22');
    expect((await bytesOf(path, 'application/octet-stream')).status).toBe(406);
    expect((await demo.get(secrets)).body['secrets']).toMatchObject([{ name: 'door' }]);
  });

  it('takes bytes in base64, texts without their outer white space, and a payload once', async () => {
    const binary = {
      payload: Buffer.from([0, 255, 10]).toString('base64'),
      payload_content_type: 'application/octet-stream',
    };
    expect((await demo.post(secrets, binary)).status).toBe(400);
    const path = await store({ ...binary, payload_content_encoding: 'base64' });
    const answer = await fetch(`${cloud.url}${path}/payload`, {
      headers: { 'x-auth-token': demo.token, accept: 'application/octet-stream' },
    });
    expect([...Buffer.from(await answer.arrayBuffer())]).toEqual([0, 255, 10]);
    const trimmed = await store({ ...text, payload: ' hunter22\n' });
    expect((await bytesOf(trimmed, 'text/plain')).text).toBe('hunter22');
    const later = await store({ name: 'empty' });
    expect((await bytesOf(later, 'text/plain')).status).toBe(404);
    const put = (): Promise<Reply> =>
      demo.put(later, new TextEncoder().encode('kept\n'), { headers: { 'content-type': 'text/plain' } });
    expect((await put()).status).toBe(204);
    expect((await put()).status).toBe(409);
    expect((await bytesOf(later, 'text/plain')).text).toBe('kept\n');
  });

  it('lets the project read, or its creator, its administrators and who is named', async () => {
    const path = await store(text, colleague);
    expect((await bytesOf(path, 'text/plain', demo)).status).toBe(200);
    // An administrator of the cloud, but of another project.
    expect(said(await bytesOf(path, 'text/plain', admin))).toEqual([403, 'Forbidden']);
    expect((await admin.get(path)).status).toBe(200);
    expect((await demo.get(`${path}/acl`)).body).toEqual({ read: { 'project-access': true } });
    await colleague.put(`${path}/acl`, { read: { 'project-access': false } });
    for (const what of ['/payload', '/acl', '/metadata', ''])
      expect((await demo.get(`${path}${what}`, { headers: { accept: 'text/plain' } })).status).toBe(403);
    await colleague.put(`${path}/acl`, { read: { 'project-access': false, users: [demo.userId] } });
    expect((await bytesOf(path, 'text/plain', demo)).text).toBe('hunter22');
  });

  it('knows nothing of what has expired, and takes nothing that has', async () => {
    expect((await demo.post(secrets, { ...text, expiration: '2020-01-01T00:00:00' })).status).toBe(400);
    const path = await store({ ...text, expiration: new Date(Date.now() + 40).toISOString() });
    await demo.until(path, '', ({ code }) => code === 404);
    expect((await demo.get(secrets)).body['secrets']).toEqual([]);
  });

  it('keeps metadata by lower-case keys, all of them at once', async () => {
    const path = await store(text);
    await demo.put(`${path}/metadata`, { metadata: { Room: 'a', floor: '1' } });
    await demo.put(`${path}/metadata`, { metadata: { Room: 'b' } });
    expect((await demo.get(`${path}/metadata`)).body).toEqual({ metadata: { room: 'b' } });
    expect((await demo.put(`${path}/metadata`, { metadata: { 'a b': 'c' } })).status).toBe(400);
  });

  it('pages by offset, ten at a time', async () => {
    for (let i = 0; i < 11; i += 1) await store({ ...text, name: `s${i}` });
    const first = (await demo.get(secrets)).body;
    expect([first['total'], (first['secrets'] as unknown[]).length]).toEqual([11, 10]);
    const next = (await demo.get(String(first['next']).replace(cloud.url, ''))).body;
    expect(next['secrets']).toMatchObject([{ name: 's10' }]);
    expect(next['next']).toBeUndefined();
  });

  it('has containers of secrets by the names that their type wants, and by its own references', async () => {
    const [one, two] = [await store(text), await store(text)].map((path) => cloud.url + path);
    const containers = '/key-manager/v1/containers';
    const rsa = (...refs: Json[]): Promise<Reply> =>
      demo.post(containers, { name: 'pair', type: 'rsa', secret_refs: refs });
    const pair = [
      { name: 'public_key', secret_ref: one },
      { name: 'private_key', secret_ref: two },
    ];
    expect((await rsa(pair[0] ?? {})).status).toBe(400);
    expect((await rsa(...pair, { name: 'lid', secret_ref: one })).status).toBe(400);
    expect((await rsa(pair[0] ?? {}, { name: 'private_key', secret_ref: one })).status).toBe(400);
    const elsewhere = { name: 'private_key', secret_ref: String(two).replace('127.0.0.1', 'other.example') };
    expect((await rsa(pair[0] ?? {}, elsewhere)).status).toBe(400);
    const made = await rsa(...pair);
    expect(made.status).toBe(201);
    const path = String(made.body['container_ref']).replace(cloud.url, '');
    expect((await demo.get(path)).body).toMatchObject({ name: 'pair', type: 'rsa', secret_refs: pair, consumers: [] });
    expect((await demo.delete(path)).status).toBe(204);
    expect((await demo.get(containers)).body['containers']).toEqual([]);
  });
});
