import { LifeboatApi } from '@lifeboat/api-client';
import { newId } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { createShop, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { ended, world } from './journeys.ts';
import type { World } from './journeys.ts';

describe('what cannot be done is refused or reported before anything is made', () => {
  let at: World;
  let api: LifeboatApi;
  let shop: Shop;
  const policy = {
    name: 'standard',
    rpoSeconds: 0,
    keepPoints: 2,
    rules: { drivers: [], serverRoot: 'snapshot' as const },
  };
  const group = (members: object, more: object = {}) => ({
    groupId: 'shop',
    name: 'Shop',
    primary: 'alpha',
    recovery: 'beta',
    policy: 'standard',
    members,
    ...more,
  });

  beforeAll(async () => {
    at = await world('member');
    api = at.api;
    shop = await createShop(at.arena.primaryCloud);
    await api.sites.put('alpha');
    await api.sites.put('beta');
    await api.policies.put(policy);
  }, 180_000);
  afterAll(() => at.close());

  it('a site that is not in clouds.yaml', () =>
    expect(api.sites.put('gamma')).rejects.toMatchObject({
      code: 'site-not-in-clouds-yaml',
      mend: expect.stringContaining('alpha'),
    }));

  it('wrong credentials', async () => {
    const clouds = parse(readFileSync(at.arena.cloudsFile, 'utf8')) as { clouds: Record<string, { auth: object }> };
    const wrong = {
      ...clouds.clouds['alpha'],
      auth: { ...clouds.clouds['alpha']?.auth, application_credential_secret: 'wrong' },
    };
    writeFileSync(at.arena.cloudsFile, stringify({ clouds: { ...clouds.clouds, wrong } }));
    await expect(api.sites.put('wrong')).rejects.toMatchObject({ code: 'credentials-refused' });
  });

  it('a site that does not answer', async () => {
    const clouds = parse(readFileSync(at.arena.cloudsFile, 'utf8')) as { clouds: Record<string, { auth: object }> };
    const away = {
      ...clouds.clouds['alpha'],
      auth: { ...clouds.clouds['alpha']?.auth, auth_url: 'http://127.0.0.1:9/v3' },
    };
    writeFileSync(at.arena.cloudsFile, stringify({ clouds: { ...clouds.clouds, away } }));
    await expect(new LifeboatApi(at.stack.gatewayUrl).sites.put('away')).rejects.toMatchObject({
      code: 'site-unreachable',
    });
  });

  it.each([
    ['an unknown id', { ids: [{ kind: 'server', id: 'no-such-server' }] }, {}, 'member-not-found'],
    ['a tag that nothing bears', { tag: 'nobody' }, {}, 'group-empty'],
    ['one site twice', { tag: 'shop' }, { recovery: 'alpha' }, 'sites-equal'],
    ['an undeclared site', { tag: 'shop' }, { recovery: 'delta' }, 'site-not-found'],
    ['an unknown policy', { tag: 'shop' }, { policy: 'nope' }, 'policy-not-found'],
  ])('a group with %s', async (_what, members, more, code) => {
    await expect(api.groups.put(group(members, more) as never)).rejects.toMatchObject({
      code,
      message: expect.any(String),
      mend: expect.any(String),
    });
    expect(await api.groups.list()).toEqual([]);
  });

  it('a failover of an unknown group, without a confirmation, or without a point', async () => {
    const start = (confirmPrimaryLost: boolean, groupId = 'shop') =>
      api.runs.start(newId(), { kind: 'failover', groupId, confirmPrimaryLost, reason: 'test' });
    await expect(start(true, 'nope')).rejects.toMatchObject({ code: 'group-not-found' });
    await api.groups.put(group({ tag: 'shop' }) as never);
    await expect(start(false)).rejects.toMatchObject({ code: 'confirm-primary-lost' });
    await expect(start(true)).rejects.toMatchObject({ code: 'no-recovery-point' });
  });

  it('a mapping to a flavor that the target lacks: the run is undone, says what to do, and the target is as it was', async () => {
    await api.groups.put(group({ tag: 'shop' }, { mappings: { flavor: { tiny: 'gigantic' } } }) as never);
    const { runId: pointRun } = await api.points.request('shop', newId(), 'test');
    expect(await ended(api, pointRun)).toMatchObject({ outcome: 'completed' });
    const before = await standing(at.arena.recoveryCloud);
    const { runId } = await api.runs.start(newId(), {
      kind: 'failover',
      groupId: 'shop',
      confirmPrimaryLost: true,
      reason: 'test',
    });
    const run = await ended(api, runId);
    expect(run).toMatchObject({
      outcome: 'undone',
      error: { code: 'target-not-ready', message: expect.stringContaining('flavor') },
    });
    expect(await standing(at.arena.recoveryCloud)).toEqual(before);
    expect(await api.groups.get('shop')).toMatchObject({ state: 'protected' });
  }, 120_000);

  it('a member that was deleted meanwhile: the next point says so', async () => {
    await api.groups.put(group({ ids: [{ kind: 'server', id: shop.servers.web1 }] }) as never);
    await at.arena.primaryCloud.compute.delete(`/servers/${shop.servers.web1}`);
    await until('the server to be gone', () =>
      at.arena.primaryCloud.compute.get(`/servers/${shop.servers.web1}`).then(
        () => undefined,
        () => true,
      ),
    );
    const { runId } = await api.points.request('shop', newId(), 'test');
    expect(await ended(api, runId)).toMatchObject({ outcome: 'undone', error: { code: 'group-empty' } });
  }, 60_000);
});

async function standing(cloud: Cloud): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const s of cloud.compute.list<{ id: string }>('/servers', 'servers')) found.push(`server ${s.id}`);
  for await (const v of cloud.volume.list<{ id: string }>('/volumes', 'volumes')) found.push(`volume ${v.id}`);
  const { projectId } = await cloud.whoAmI();
  for await (const p of cloud.network.list<{ id: string }>('/ports', 'ports', { query: { project_id: projectId } }))
    found.push(`port ${p.id}`);
  return found.sort();
}
