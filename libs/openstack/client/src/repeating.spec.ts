import { illegalState } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from './cloud.ts';
import { openCloud } from './open-cloud.ts';
import { blackHole } from './simulated/black-hole.ts';
import { playCloud } from './simulated/played-cloud.ts';
import type { Act, PlayedCloud } from './simulated/played-cloud.ts';
import { allOf, refusalOf } from './simulated/refusal-of.ts';
import type { CallRecord } from './transport.ts';

const GET = 'GET /compute/v2.1/servers/s';
const DELETE = 'DELETE /compute/v2.1/servers/s';
const POST = 'POST /compute/v2.1/servers';
const made = { status: 202, json: { server: { id: 's' } } };
const busy: Act = { status: 503, json: { message: 'busy' } };

/** Sends the head and half of the body, then cuts the connection. */
const cutOff =
  (status: number, half: string): Act =>
  (_, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': '1000',
      'x-openstack-request-id': 'req-cut',
    });
    response.write(half, () => setTimeout(() => response.destroy(), 20));
  };

describe('calls that bring no good answer', () => {
  let played: PlayedCloud;
  let cloud: Cloud;
  let calls: CallRecord[];
  let offLimits: LifeboatError | undefined;
  beforeEach(async () => {
    played = await playCloud();
    calls = [];
    offLimits = undefined;
    cloud = openCloud(played.config, { answerMs: 700, onCall: (call) => calls.push(call), offLimits: () => offLimits });
    await cloud.compute.microversion();
  });
  afterEach(async () => {
    await cloud.close();
    await played.stop();
  });
  const create = () => cloud.compute.post('/servers', { server: {} });

  describe('reads and deletes', () => {
    it.each<[string, Act]>([
      ['a reset connection', 'reset'],
      ['a 500', { status: 500, json: { computeFault: { message: 'oops' } } }],
      ['a 503', busy],
      ['a 429', { status: 429, headers: { 'retry-after': '0' } }],
      ['half an answer', cutOff(200, '{"server":')],
      ['something else than JSON', { text: '<html>login</html>' }],
    ])('are made again after %s', async (_, act) => {
      played.on(GET, act, act, { json: { server: { id: 's' } } });
      expect(await cloud.compute.get('/servers/s')).toEqual({ server: { id: 's' } });
      expect(played.of(GET)).toHaveLength(3);
    });

    it('are given up after five tries, with what OpenStack said last', async () => {
      played.on(GET, { ...busy, headers: { 'x-openstack-request-id': 'req-7' } });
      const error = await refusalOf(cloud.compute.get('/servers/s'));
      expect(error).toMatchObject({
        kind: 'unavailable',
        code: 'openstack-unavailable',
        data: { status: 503, requestId: 'req-7' },
      });
      expect(played.of(GET)).toHaveLength(5);
    });

    it('are made once more when an answer takes too long, then reported as timeout', async () => {
      played.on(GET, 'silence');
      expect(await refusalOf(cloud.compute.get('/servers/s'))).toMatchObject({
        kind: 'timeout',
        code: 'openstack-timeout',
      });
      expect(played.of(GET)).toHaveLength(2);
    });

    it('find what an earlier delete without an answer has deleted', async () => {
      played.on(DELETE, 'reset', { status: 404, json: { itemNotFound: { message: 'gone' } } });
      expect(await cloud.compute.delete('/servers/s')).toBe(false);
      played.on(DELETE, { status: 204 });
      expect(await cloud.compute.delete('/servers/s')).toBe(true);
    });

    it('are not made again when the fault is ours', async () => {
      played.on(GET, { status: 400, json: { badRequest: { message: 'no such field' } } });
      expect(await refusalOf(cloud.compute.get('/servers/s'))).toMatchObject({ kind: 'invalid-input' });
      expect(played.of(GET)).toHaveLength(1);
    });
  });

  describe('a create', () => {
    it.each<[string, Act]>([
      ['the connection is reset after it was sent', 'reset'],
      ['no answer comes in time', 'silence'],
      ['the answer is cut off', cutOff(202, '{"server":{"adminPass":"hun')],
      ['the answer is no JSON', { status: 202, text: 'adminPass=hunter2' }],
      ['the server fails in the middle', { status: 500, json: { computeFault: { message: 'db away' } } }],
      ['a gateway gives up waiting', { status: 504, text: 'gateway timeout' }],
      ['it is not known whether it was handled', busy],
    ])('is sent once, and its outcome is unknown, when %s', async (_, act) => {
      played.on(POST, act, made);
      const error = await refusalOf(create());
      expect(error).toMatchObject({
        kind: 'external',
        code: 'outcome-unknown',
        retryable: false,
        data: { site: 'alpha', service: 'compute', method: 'POST' },
      });
      expect(played.of(POST)).toHaveLength(1);
      expect(allOf(error)).not.toMatch(/adminPass|hun/);
    });

    it('keeps the request id and status of an answer that decides nothing', async () => {
      played.on(POST, {
        status: 500,
        json: { computeFault: { message: 'db away' } },
        headers: { 'x-openstack-request-id': 'req-9' },
      });
      const error = await refusalOf(create());
      expect(error).toMatchObject({ data: { status: 500, requestId: 'req-9' } });
      expect(error.message).toContain('db away');
    });

    it.each<[string, Act]>([
      ['too many requests', { status: 429, json: { overLimit: { message: 'slow down' } } }],
      ['not now, but soon', { status: 503, headers: { 'retry-after': '0' } }],
    ])('is sent again when the server refused to handle it: %s', async (_, act) => {
      played.on(POST, act, made);
      expect(await create()).toEqual(made.json);
      expect(played.of(POST)).toHaveLength(2);
    });

    it('is sent again when nobody listens, and then known not to have happened', async () => {
      await cloud.whoAmI();
      await played.stop();
      await pause(50); // Until the pool knows that its connections are closed: on one that only seems open, nobody could tell.
      calls.length = 0;
      const error = await refusalOf(create());
      expect(error).toMatchObject({ kind: 'unavailable', code: 'site-unreachable', retryable: true });
      expect(error.message).toContain('ECONNREFUSED');
      expect(calls.map(({ tries }) => tries)).toEqual([1, 2]);
    });

    it('has an unknown outcome only for what may have been sent, not for a version that could not be agreed on', async () => {
      const fresh = openCloud(played.config);
      played.on('GET /compute/v2.1/', { status: 500, text: 'no' });
      expect(await refusalOf(fresh.compute.post('/servers', {}))).toMatchObject({ code: 'openstack-unavailable' });
      expect(played.of(POST)).toHaveLength(0);
      await fresh.close();
    });

    it('is not blamed on the server when its caller stops waiting', async () => {
      played.on(POST, 'silence');
      const stop = AbortSignal.timeout(100);
      await expect(cloud.compute.post('/servers', {}, { signal: stop })).rejects.toMatchObject({
        name: 'TimeoutError',
      });
    });
  });

  it('waits as long as it is asked, and so do the other calls to that service', async () => {
    played.on(GET, { status: 429, headers: { 'retry-after': '1' } }, { json: {} });
    played.on('GET /compute/v2.1/flavors', { json: {} });
    played.on('GET /network/v2.0/networks', { json: {} });
    const began = Date.now();
    const limited = cloud.compute.get('/servers/s');
    await pause(150);
    await Promise.all([limited, cloud.compute.get('/flavors'), cloud.network.get('/networks')]);
    const since = (route: string): number => (played.of(route).at(-1)?.at ?? 0) - began;
    expect(since(GET)).toBeGreaterThanOrEqual(1_000);
    expect(since('GET /compute/v2.1/flavors')).toBeGreaterThanOrEqual(1_000);
    expect(since('GET /network/v2.0/networks')).toBeLessThan(since(GET));
  });

  it('gives a wait of an hour back to its caller', async () => {
    played.on(GET, { status: 429, headers: { 'retry-after': '3600' } });
    expect(await refusalOf(cloud.compute.get('/servers/s'))).toMatchObject({
      kind: 'unavailable',
      data: { retryAfter: '3600' },
    });
    expect(played.of(GET)).toHaveLength(1);
  });

  it('has no more than so many calls to a service under way', async () => {
    const narrow = openCloud(played.config, { concurrency: 2 });
    let now = 0;
    let most = 0;
    played.on('GET /network/v2.0/ports', (_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end('{}');
      }, 30);
    });
    await Promise.all(Array.from({ length: 10 }, () => narrow.network.get('/ports')));
    expect(most).toBe(2);
    await narrow.close();
  });

  it('records every exchange with its try, status and request id', async () => {
    const id = '5c3f2b9a-0000-4000-8000-000000000001';
    played.on(`GET /compute/v2.1/servers/${id}`, busy, { json: {}, headers: { 'x-openstack-request-id': 'req-2' } });
    calls.length = 0;
    await cloud.compute.get(`/servers/${id}`);
    expect(calls).toMatchObject([
      { site: 'alpha', service: 'compute', method: 'GET', template: '/servers/{id}', tries: 1, status: 503 },
      { tries: 2, status: 200, requestId: 'req-2', error: undefined },
    ]);
  });

  it('makes no connection to a site that is off limits, Keystone included, and none while it waits to try again', async () => {
    const before = played.heard.length;
    offLimits = illegalState('primary-off-limits', 'lost');
    const upload = () => cloud.image.upload('/images/i/file', Readable.from(['x']));
    for (const call of [() => cloud.compute.get('/servers/s'), create, upload])
      expect(await refusalOf(call)).toBe(offLimits);
    const closed = openCloud(played.config, { offLimits: () => offLimits });
    const connections = played.connections();
    expect(await refusalOf(closed.whoAmI())).toBe(offLimits);
    expect(played.connections()).toBe(connections);
    expect(played.heard).toHaveLength(before);

    offLimits = undefined;
    played.on(GET, (_, response) => {
      offLimits = illegalState('primary-off-limits', 'lost');
      response.writeHead(503).end();
    });
    expect(await refusalOf(cloud.compute.get('/servers/s'))).toMatchObject({ code: 'primary-off-limits' });
    expect(played.of(GET)).toHaveLength(1);
    await closed.close();
  });
});

describe('a black-holed site', () => {
  it('costs one waiting, then none', async () => {
    const hole = await blackHole();
    const played = await playCloud();
    const cloud = openCloud({ ...played.config, authUrl: hole.url });
    const refusal = async (): Promise<unknown> => refusalOf(cloud.compute.get('/servers'));
    const unreachable = { kind: 'unavailable', code: 'site-unreachable' };
    try {
      expect(await refusal()).toMatchObject({ ...unreachable, message: expect.stringContaining('CONNECT_TIMEOUT') });
      // Not even tried.
      const untried = { ...unreachable, message: expect.stringContaining('did not answer a moment ago') };
      expect(await refusal()).toMatchObject(untried);
      expect(await refusal()).toMatchObject(untried);
    } finally {
      await cloud.close();
      await played.stop();
      hole.stop();
    }
  }, 15_000);
});
