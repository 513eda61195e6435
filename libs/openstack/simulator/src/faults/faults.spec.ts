import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

describe('programmed faults', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud();
    demo = await login(cloud.url);
  });
  afterEach(() => cloud.stop());

  const volumes = '/volume/v3/{p}/volumes';
  const count = async (): Promise<number> => (await cloud.inventory()).volumes.length;

  it('fail so many requests in OpenStack’s own form and let the next one pass', async () => {
    cloud.faults.add({ kind: 'error', method: 'POST', path: '/volumes$', status: 503, count: 2, skip: 1 });
    const make = async (): Promise<number> => (await demo.post(volumes, { volume: { size: 1 } })).status;
    expect([await make(), await make(), await make(), await make()]).toEqual([202, 503, 503, 202]);
    expect(await count()).toBe(2);
  });

  it('do the work and cut the connection, so that only a look tells', async () => {
    cloud.faults.add({ kind: 'reset-after', method: 'POST', path: '/volumes$', count: 1 });
    await expect(demo.post(volumes, { volume: { size: 1 } })).rejects.toThrow();
    expect(await count()).toBe(1);
    cloud.faults.add({ kind: 'reset-before', method: 'POST', path: '/volumes$', count: 1 });
    await expect(demo.post(volumes, { volume: { size: 1 } })).rejects.toThrow();
    expect(await count()).toBe(1);
  });

  it('do the work and never answer', async () => {
    cloud.faults.add({ kind: 'hang-after', method: 'POST', path: '/volumes$', count: 1 });
    await expect(
      fetch(`${cloud.url}/volume/v3/${demo.projectId}/volumes`, {
        method: 'POST',
        headers: { 'x-auth-token': demo.token, 'content-type': 'application/json' },
        body: '{"volume":{"size":1}}',
        signal: AbortSignal.timeout(60),
      }),
    ).rejects.toThrow(/aborted/);
    expect(await count()).toBe(1);
  });

  it('truncate a body in the middle', async () => {
    cloud.faults.add({ kind: 'truncate', path: '/images/.*/file', count: 1 });
    const [image] = (await demo.get('/image/v2/images')).body['images'] as { id: string; size: number }[];
    await expect(
      fetch(`${cloud.url}/image/v2/images/${image?.id}/file`, { headers: { 'x-auth-token': demo.token } }).then(
        (reply) => reply.arrayBuffer(),
      ),
    ).rejects.toThrow();
    cloud.faults.add({ kind: 'truncate', path: '/volumes/detail', count: 1 });
    await expect(demo.get(`${volumes}/detail`)).rejects.toThrow();
  });

  it('show new objects in lists late, though they can be had by id', async () => {
    cloud.faults.add({ kind: 'list-lag', ms: 60 });
    const { id } = await demo.volume({ size: 1 });
    expect((await demo.get(volumes)).body).toMatchObject({ volumes: [] });
    expect((await demo.get(`${volumes}/${id}`)).status).toBe(200);
    await sleep(70);
    expect((await demo.get(volumes)).body).toMatchObject({ volumes: [{ id }] });
  });

  it('limit rates with 429 and Retry-After', async () => {
    await fetch(`${cloud.url}/simulator/rate-limit`, {
      method: 'PUT',
      body: '{"perSecond": 5}',
      headers: { 'content-type': 'application/json' },
    });
    const replies = await Promise.all(Array.from({ length: 12 }, () => demo.get('/compute/v2.1/flavors')));
    const limited = replies.filter((reply) => reply.status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(6);
    expect(limited[0]?.headers.get('retry-after')).toBe('1');
    expect(limited[0]?.body).toHaveProperty('overLimit');
  });

  it('make the whole cloud a black hole that takes connections and never answers, until it is back', async () => {
    const put = (presence: string): Promise<Response> =>
      fetch(`${cloud.url}/simulator/presence`, {
        method: 'PUT',
        body: JSON.stringify({ presence }),
        headers: { 'content-type': 'application/json' },
      });
    await put('gone');
    const before = cloud.requests().length;
    await expect(fetch(`${cloud.url}/identity/v3`, { signal: AbortSignal.timeout(60) })).rejects.toThrow(/aborted/);
    const socket = connect(Number(new URL(cloud.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect(cloud.requests().length).toBe(before + 1);
    await put('here');
    expect((await fetch(`${cloud.url}/identity/v3`)).status).toBe(200);
  });

  it('leave a log of who asked for what, without bodies or tokens', async () => {
    const since = Date.now();
    await demo.get('/compute/v2.1/servers/detail?name=x');
    const [entry] = cloud.requests({ since, path: 'servers/detail' });
    expect(entry).toMatchObject({
      method: 'GET',
      path: '/compute/v2.1/servers/detail?name=x',
      user: 'demo',
      project: 'demo',
      status: 200,
    });
    expect(JSON.stringify(cloud.requests())).not.toContain(demo.token);
    expect(JSON.stringify(cloud.requests())).not.toContain('lifeboat');
  });
});
