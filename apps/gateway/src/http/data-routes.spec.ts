import { notFound } from '@lifeboat/kernel';
import { answeredApp } from '../simulated/answered-app.ts';
import type { AnsweredApp } from '../simulated/answered-app.ts';

const LAG = {
  disk: { kind: 'volume', id: 'v-1' },
  name: 'data',
  driver: 'postgresql',
  target: 'beta',
  seconds: 1.5,
  bytes: 4096,
  healthy: true,
  measuredAt: '2026-11-29T20:00:00.000Z',
};
const DISK = { kind: 'volume', id: 'v-1', name: 'data' };
const REASONS = [{ driver: 'image-transfer', chosen: true, reason: 'it can carry it' }];

/** What the services would answer, by the name of the request. */
const ANSWERS: Readonly<Record<string, (input: never) => object>> = {
  'read-lag': ({ groupId }: { groupId: string }) => {
    if (groupId !== 'shop') throw notFound('group-not-found', `There is no group "${groupId}".`);
    return { disks: [LAG] };
  },
  'read-disks': () => ({ disks: [DISK] }),
  'read-group': () => ({ group: { policy: 'gold', primary: 'alpha', recovery: 'beta' } }),
  'list-policies': () => ({ policies: [{ name: 'gold', rules: { drivers: [{ driver: 'image-transfer' }] } }] }),
  'explain-disk': (input: object) => ({ driver: 'image-transfer', reasons: REASONS, asked: input }),
  'resync-disk': () => ({}),
  'list-drivers': () => ({ drivers: [{ name: 'image-transfer' }] }),
};

describe('the routes of data', () => {
  let app: AnsweredApp;

  beforeAll(async () => {
    app = await answeredApp(ANSWERS);
  });
  afterAll(() => app.close());
  beforeEach(() => void app.asked.splice(0));

  const get = async (path: string): Promise<unknown> => (await fetch(`${app.url}${path}`)).json();

  it('say how far behind each disk of a group is', async () => {
    expect(await get('/v1/groups/shop/lag')).toEqual({ disks: [LAG] });
    expect(app.asked).toEqual([{ name: 'read-lag', input: { groupId: 'shop' } }]);
  });

  it('answer what went wrong as a problem with a stable code', async () => {
    const answer = await fetch(`${app.url}/v1/groups/none/lag`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ code: 'group-not-found', status: 404 });
  });

  it('explain which driver carries a disk by the rules of its group', async () => {
    expect(await get('/v1/groups/shop/disks')).toEqual({ disks: [DISK] });
    expect(await get('/v1/groups/shop/disks/v-1/driver')).toEqual({
      disk: DISK,
      driver: 'image-transfer',
      reasons: REASONS,
      asked: { disk: DISK, rules: [{ driver: 'image-transfer' }], source: 'alpha', target: 'beta' },
    });
    expect(await get('/v1/groups/shop/disks/v-2/driver')).toMatchObject({ code: 'disk-not-found', status: 404 });
  });

  it('have a disk compared whole by its next point', async () => {
    const answer = await fetch(`${app.url}/v1/groups/shop/disks/v-1/resync`, { method: 'POST' });
    expect([answer.status, app.asked]).toEqual([
      204,
      [{ name: 'resync-disk', input: { groupId: 'shop', diskId: 'v-1' } }],
    ]);
  });

  it('list the drivers', async () => {
    expect(await get('/v1/drivers')).toEqual({ drivers: [{ name: 'image-transfer' }] });
  });

  it('are described, each with a sentence', async () => {
    const { openapi, paths } = (await get('/openapi.json')) as {
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; parameters?: { name: string }[] }>>;
    };
    expect(openapi).toBe('3.1.0');
    const said = (method: string, path: string) => paths[path]?.[method];
    for (const [method, path, parameters] of [
      ['get', '/v1/groups/{groupId}/lag', ['groupId']],
      ['get', '/v1/groups/{groupId}/disks', ['groupId']],
      ['get', '/v1/groups/{groupId}/disks/{diskId}/driver', ['groupId', 'diskId']],
      ['post', '/v1/groups/{groupId}/disks/{diskId}/resync', ['groupId', 'diskId']],
      ['get', '/v1/drivers', []],
      ['get', '/v1/points/{pointId}/progress', ['pointId']],
    ] as const) {
      const route = said(method, path);
      expect([path, route?.summary]).toEqual([path, expect.stringMatching(/\w.*\.$/)]);
      expect(route?.parameters?.map(({ name }) => name) ?? []).toEqual(parameters);
    }
  });
});
