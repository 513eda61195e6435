import type { Cloud } from './cloud.ts';
import { openCloud } from './open-cloud.ts';
import { playCloud } from './simulated/played-cloud.ts';
import type { PlayedCloud } from './simulated/played-cloud.ts';
import { refusalOf } from './simulated/refusal-of.ts';

describe('one service of a cloud', () => {
  let played: PlayedCloud;
  let cloud: Cloud;
  beforeEach(async () => {
    played = await playCloud();
    cloud = openCloud(played.config);
  });
  afterEach(async () => {
    await cloud.close();
    await played.stop();
  });
  const versionsAt = (route: string): unknown[] =>
    played.of(route).map(({ headers }) => headers['openstack-api-version']);

  describe('microversions', () => {
    const compute = (version: string, min = '2.1'): void =>
      played.on('GET /compute/v2.1/', { json: { version: { id: 'v2.1', version, min_version: min } } });
    beforeEach(() => {
      played.on('GET /compute/v2.1/servers', { json: {} });
    });

    it.each([
      ['2.100', '2.93'],
      ['2.93', '2.93'],
      ['2.79', '2.79'],
      ['2.9', '2.9'],
    ])('speak with a Nova of %s as %s', async (offered, spoken) => {
      compute(offered);
      expect(await cloud.compute.microversion()).toBe(spoken);
      await cloud.compute.get('/servers');
      expect(played.of('GET /compute/v2.1/servers')[0]?.headers).toMatchObject({
        'openstack-api-version': `compute ${spoken}`,
        'x-openstack-nova-api-version': spoken,
      });
    });

    it('are asked for once', async () => {
      await Promise.all([cloud.compute.get('/servers'), cloud.compute.get('/servers'), cloud.compute.microversion()]);
      expect(played.of('GET /compute/v2.1/')).toHaveLength(1);
    });

    it('are compared as numbers, not as text', async () => {
      compute('2.79');
      expect(await cloud.compute.supports('2.9')).toBe(true);
      expect(await cloud.compute.supports('2.79')).toBe(true);
      expect(await cloud.compute.supports('2.80')).toBe(false);
    });

    it('may be chosen for one call, which then asks for no version document', async () => {
      await cloud.compute.get('/servers', { microversion: '2.1' });
      expect(versionsAt('GET /compute/v2.1/servers')).toEqual(['compute 2.1']);
      expect(played.of('GET /compute/v2.1/')).toHaveLength(0);
    });

    it('of Cinder stand above the project', async () => {
      const path = `GET /volume/v3/${(await cloud.whoAmI()).projectId}/volumes`;
      played.on(path, { json: {} });
      await cloud.volume.get('/volumes');
      expect(versionsAt(path)).toEqual(['volume 3.70']);
    });

    it('are not spoken with services that have none', async () => {
      played.on('GET /network/v2.0/ports', { json: {} });
      expect(await cloud.network.microversion()).toBeUndefined();
      await cloud.network.get('/ports');
      expect(versionsAt('GET /network/v2.0/ports')).toEqual([undefined]);
    });

    it('of a cloud too new for us are refused', async () => {
      compute('2.150', '2.100');
      expect(await refusalOf(cloud.compute.microversion())).toMatchObject({ code: 'openstack-too-new' });
    });

    it('are asked for again when the service was away', async () => {
      played.on('GET /compute/v2.1/', { status: 404 }, { json: { version: { version: '2.90' } } });
      await refusalOf(cloud.compute.microversion());
      expect(await cloud.compute.microversion()).toBe('2.90');
    });
  });

  describe('lists', () => {
    const all = async (list: AsyncIterable<{ id: number }>): Promise<number[]> => {
      const ids: number[] = [];
      for await (const { id } of list) ids.push(id);
      return ids;
    };
    const items = (...ids: number[]): { id: number }[] => ids.map((id) => ({ id }));
    // Behind a proxy links name a host that nobody outside can reach.
    const link = (key: string, query: string) => ({
      [`${key}_links`]: [{ rel: 'next', href: `http://10.0.0.1:1/x?${query}` }],
    });

    it.each([
      [
        'compute',
        '/servers/detail',
        'servers',
        'GET /compute/v2.1/servers/detail',
        link('servers', 'marker=2&limit=2'),
      ],
      ['network', '/ports', 'ports', 'GET /network/v2.0/ports', link('ports', 'marker=2&limit=2')],
      ['image', '/images', 'images', 'GET /image/v2/images', { next: '/v2/images?marker=2&limit=2' }],
      [
        'identity',
        '/projects',
        'projects',
        'GET /identity/v3/projects',
        { links: { next: 'http://10.0.0.1:1/v3/projects?marker=2&limit=2' } },
      ],
    ] as const)('of %s go on where the answer says', async (service, path, key, route, next) => {
      played.on(route, { json: { [key]: items(1, 2), ...next } }, { json: { [key]: items(3), links: { next: null } } });
      expect(
        await all(cloud[service].list(path, key, { query: { limit: 2, tag: ['a', 'b'], nothing: undefined } })),
      ).toEqual([1, 2, 3]);
      const [first, second] = played.of(route).map(({ url }) => new URL(url, 'http://x').searchParams);
      expect(first?.toString()).toBe('limit=2&tag=a&tag=b');
      // What was asked for counts for every page, also where the link forgets it.
      expect([second?.get('marker'), second?.getAll('tag'), second?.getAll('limit')]).toEqual(['2', ['a', 'b'], ['2']]);
    });

    it.each([
      ['network', '/ports', 'ports', 'GET /network/v2.0/ports'],
      ['image', '/images', 'images', 'GET /image/v2/images'],
    ] as const)(
      'of %s ask for pages of a thousand, which it would not give by itself',
      async (service, path, key, route) => {
        played.on(
          route,
          { json: { [key]: items(1), ...link(key, 'marker=1&limit=1000') } },
          { json: { [key]: items(2) } },
        );
        expect(await all(cloud[service].list(path, key))).toEqual([1, 2]);
        expect(new URL(played.of(route)[0]?.url ?? '', 'http://x').searchParams.get('limit')).toBe('1000');
      },
    );

    it('hold one page, and ask for no page that nobody reads', async () => {
      played.on('GET /compute/v2.1/servers', { json: { servers: items(1, 2), ...link('servers', 'marker=2') } });
      for await (const server of cloud.compute.list<{ id: number }>('/servers', 'servers')) if (server.id === 2) break;
      expect(played.of('GET /compute/v2.1/servers')).toHaveLength(1);
    });

    it('may be read ahead: the next page comes while one is worked on', async () => {
      const route = 'GET /compute/v2.1/servers';
      played.on(
        route,
        { json: { servers: items(1, 2), ...link('servers', 'marker=2') } },
        { json: { servers: items(3) } },
      );
      const ids: number[] = [];
      for await (const server of cloud.compute.list<{ id: number }>('/servers', 'servers', { ahead: true })) {
        ids.push(server.id);
        if (server.id > 1) continue;
        while (played.of(route).length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(ids).toEqual([1, 2, 3]);
    });

    it('end when a server names the same page for ever', async () => {
      played.on('GET /compute/v2.1/servers', { json: { servers: items(1), ...link('servers', 'marker=1') } });
      expect((await all(cloud.compute.list('/servers', 'servers'))).length).toBeLessThan(4);
    });

    it('say when a page cannot be had', async () => {
      played.on(
        'GET /compute/v2.1/servers',
        { json: { servers: items(1), ...link('servers', 'marker=1') } },
        {
          status: 400,
          json: { badRequest: { message: 'marker [1] not found' } },
        },
      );
      expect(await refusalOf(all(cloud.compute.list('/servers', 'servers')))).toMatchObject({
        code: 'openstack-rejected',
      });
    });
  });

  it('says that a service is not in the catalog, and asks nobody', async () => {
    played.token({ catalog: [] });
    expect(await cloud.has('compute')).toBe(false);
    expect(await refusalOf(cloud.compute.get('/servers'))).toMatchObject({ kind: 'not-found', code: 'service-absent' });
  });

  describe('reads that are sent on', () => {
    const moved = (location: string) => ({ status: 301, headers: { location } });

    it('follow the path, not the host, which is often one behind a proxy', async () => {
      played.on('GET /network/v2.0/recordsets/r', moved('http://inside.example:9001/v2.0/zones/z/recordsets/r'));
      played.on('GET /network/v2.0/zones/z/recordsets/r', { json: { id: 'r' } });
      expect(await cloud.network.get('/recordsets/r')).toEqual({ id: 'r' });
    });

    it('are followed once', async () => {
      played.on('GET /network/v2.0/a', moved('/network/v2.0/b'));
      played.on('GET /network/v2.0/b', moved('/network/v2.0/a'));
      await expect(cloud.network.get('/a')).rejects.toMatchObject({ code: 'openstack-unexpected' });
      expect(played.of('GET /network/v2.0/a')).toHaveLength(1);
    });

    it('are followed to nothing but the same API', async () => {
      played.on('GET /network/v2.0/a', moved('http://elsewhere.example/login'));
      await expect(cloud.network.get('/a')).rejects.toMatchObject({ code: 'openstack-unexpected' });
    });
  });

  it('answers undefined for an empty body', async () => {
    played.on('POST /compute/v2.1/servers/s/action', { status: 202 });
    expect(await cloud.compute.post('/servers/s/action', { 'os-stop': null })).toBeUndefined();
  });

  it("sends Glance's JSON patch as what it is", async () => {
    played.on('PATCH /image/v2/images/i', { json: {} });
    const contentType = 'application/openstack-images-v2.1-json-patch';
    await cloud.image.patch('/images/i', [{ op: 'replace', path: '/name', value: 'n' }], { contentType });
    expect(played.of('PATCH /image/v2/images/i')[0]?.headers['content-type']).toBe(contentType);
  });
});
