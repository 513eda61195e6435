import { LifeboatApi } from '@lifeboat/api-client';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { createShop, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { world } from './journeys.ts';
import type { World } from './journeys.ts';
import { policies } from './policies.ts';

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
    // A store that lets an image go while servers made from it run; Ceph does not.
    at = await world('member', 'file');
    api = at.api;
    shop = await createShop(at.arena.primaryCloud);
    await api.sites.put('alpha');
    await api.sites.put('beta');
    await api.policies.put(policy);
  }, 600_000);
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

  it('a recovery plan that is wrong, for nobody, or in the way of another', async () => {
    const text = (name: string, groupId: string, port: number) =>
      [
        'apiVersion: lifeboat/v1',
        'kind: RecoveryPlan',
        `metadata: { name: ${name} }`,
        `spec: { group: ${groupId}, waves: [{ name: data, servers: [{ name: db-1 }],`,
        `  probes: [{ tcp: { server: db-1, port: ${port} } }] }] }`,
      ].join('\n');
    const put = (name: string, of: string) => api.plans.put(name, of, 'test');
    await expect(put('one', text('one', 'shop', 0))).rejects.toMatchObject({
      code: 'plan-malformed',
      message: expect.stringContaining('spec.waves[0].probes[0].tcp.port'),
      mend: expect.any(String),
    });
    await expect(put('two', text('one', 'shop', 1))).rejects.toMatchObject({ code: 'plan-malformed' });
    await expect(put('one', text('one', 'nope', 1))).rejects.toMatchObject({ code: 'group-not-found' });
    await api.groups.put(group({ tag: 'shop' }) as never);
    expect(await put('one', text('one', 'shop', 1))).toMatchObject({ fresh: true, plan: { version: 1 } });
    await expect(put('two', text('two', 'shop', 1))).rejects.toMatchObject({ code: 'group-has-a-plan' });
    const drill = { kind: 'drill', groupId: 'shop', reason: 'test', planVersion: 9 } as const;
    await expect(api.runs.start(newId(), drill)).rejects.toMatchObject({ code: 'no-recovery-point' });
    await api.plans.remove('one');
    await expect(api.plans.get('one')).rejects.toMatchObject({ code: 'plan-not-found' });
    expect((await put('one', text('one', 'shop', 2))).plan.version).toBe(2);
    expect(await api.plans.versions('one')).toHaveLength(2);
    await api.plans.remove('one');
  });

  it('a failover of an unknown group, without a confirmation, or without a point', async () => {
    const start = (confirmPrimaryLost: boolean, groupId = 'shop') =>
      api.runs.start(newId(), { kind: 'failover', groupId, confirmPrimaryLost, reason: 'test' });
    await expect(start(true, 'nope')).rejects.toMatchObject({ code: 'group-not-found' });
    await api.groups.put(group({ tag: 'shop' }) as never);
    await expect(start(false)).rejects.toMatchObject({ code: 'confirm-primary-lost' });
    await expect(start(true)).rejects.toMatchObject({ code: 'no-recovery-point' });
  });

  describe('a target that cannot take the group: the run is undone, says what to do, and the target is as it was', () => {
    const failedOver = async (mappings: object = {}) => {
      await api.groups.put(group({ tag: 'shop' }, { mappings }) as never);
      const before = await standing(at.arena.recoveryCloud);
      const { runId } = await api.runs.start(newId(), {
        kind: 'failover',
        groupId: 'shop',
        confirmPrimaryLost: true,
        reason: 'test',
      });
      const run = await runOver(api, runId);
      expect(run.outcome).toBe('undone');
      expect(await standing(at.arena.recoveryCloud)).toEqual(before);
      expect(await api.groups.get('shop')).toMatchObject({ state: 'protected' });
      return run.error;
    };

    beforeAll(async () => {
      await api.groups.put(group({ tag: 'shop' }) as never);
      const { runId } = await api.points.request('shop', newId(), 'test');
      expect(await runOver(api, runId)).toMatchObject({ outcome: 'completed' });
    }, 120_000);

    it.each([
      ['flavor', { flavor: { tiny: 'gigantic' } }, 'gigantic'],
      ['external network', { network: { public: 'nowhere' } }, 'nowhere'],
      ['volume type', { volumeType: { standard: 'golden' } }, 'golden'],
    ])(
      'it lacks the %s',
      async (_what, mappings, name) => {
        expect(await failedOver(mappings)).toMatchObject({
          code: 'target-not-ready',
          message: expect.stringContaining(`"${name}"`),
          mend: expect.stringMatching(/\w/),
        });
      },
      60_000,
    );

    it('its quota is too small', async () => {
      const { projectId } = await at.arena.recoveryCloud.whoAmI();
      const admin = openCloud(at.arena.beta.admin);
      const set = (cores: number) =>
        admin.compute.put(`/os-quota-sets/${projectId}`, { quota_set: { tenant_id: projectId, cores } });
      await api.groups.put(group({ tag: 'shop' }) as never);
      expect(await api.groups.checkReadiness('shop')).toMatchObject({
        score: 100,
        blockers: [],
        pointId: expect.any(String),
      });
      await set(2);
      // Found before anybody needs the failover, and told.
      const readiness = await api.groups.checkReadiness('shop');
      expect(readiness).toMatchObject({
        score: expect.any(Number),
        blockers: [
          { code: 'quota-too-small', where: 'compute:cores at beta', mend: expect.stringContaining('Raise the quota') },
        ],
      });
      expect(readiness.score).toBeLessThan(100);
      expect(await api.groups.readiness('shop')).toMatchObject({
        score: readiness.score,
        blockers: readiness.blockers,
      });
      await until(
        'the metric',
        async () =>
          (await at.stack.process('protection').metrics()).includes(
            `lifeboat_readiness_score{group="shop"} ${readiness.score}\n`,
          ) || undefined,
      );
      expect(await failedOver()).toMatchObject({
        code: 'target-not-ready',
        message: expect.stringMatching(/cores.* 3 /),
        mend: expect.stringContaining('quota'),
      });
      await set(20);
      expect(await api.groups.checkReadiness('shop')).toMatchObject({ score: 100, blockers: [] });
      await admin.close();
    }, 60_000);

    it('a replica there was deleted: that is said, and another point is made by itself', async () => {
      const [point] = await api.points.list('shop');
      const pointId = point?.pointId ?? '';
      await seenAtTarget(at.stack.databaseUrl, pointId);
      const [image] = await replicasOf(at.arena.recoveryCloud, pointId);
      await at.arena.recoveryCloud.image.delete(`/images/${image}`);
      const repaired = await until('another point', async () => {
        const points = await api.points.list('shop');
        return points.find((one) => one.state === 'sealed' && one.pointId !== pointId);
      });
      expect(repaired.damage).toBeUndefined();
      expect((await api.points.get(pointId)).damage).toContain(`image ${image} is gone`);
    }, 120_000);
  });

  describe('what a policy says', () => policies(() => at));

  describe('a workload that cannot be protected as it is: the point is undone and says what to do', () => {
    let admin: Cloud;
    beforeAll(() => {
      admin = openCloud(at.arena.alpha.admin);
    });
    afterAll(() => admin.close());
    const refused = async () => {
      const { runId } = await api.points.request('shop', newId(), 'test');
      const run = await runOver(api, runId);
      expect(run.outcome).toBe('undone');
      return run.error;
    };

    it('a volume in error', async () => {
      await api.groups.put(group({ tag: 'shop' }) as never);
      const reset = (status: string) =>
        admin.volume.post(`/volumes/${shop.volumes.db1Data}/action`, { 'os-reset_status': { status } });
      await reset('error');
      expect(await refused()).toMatchObject({
        message: expect.stringContaining('db-1-data'),
        mend: expect.stringMatching(/\w/),
      });
      await reset('in-use');
    }, 60_000);

    it.each([
      ['deactivated', 'image-not-usable', (id: string) => admin.image.post(`/images/${id}/actions/deactivate`, {})],
      ['deleted', 'image-gone', (id: string) => admin.image.delete(`/images/${id}`)],
    ])(
      'an image that was %s meanwhile',
      async (_what, code, spoil) => {
        const rules = { ...policy.rules, serverRoot: 'image' as const };
        await api.policies.put({ ...policy, name: 'from-image', rules });
        const ids = [{ kind: 'server', id: shop.servers.web1 }];
        await api.groups.put(group({ ids }, { policy: 'from-image' }) as never);
        for await (const image of admin.image.list<{ id: string; name: string }>('/images', 'images'))
          if (image.name === 'guest') await spoil(image.id);
        expect(await refused()).toMatchObject({ code, mend: expect.stringMatching(/\w/) });
      },
      60_000,
    );
  });

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
    expect(await runOver(api, runId)).toMatchObject({ outcome: 'undone', error: { code: 'group-empty' } });
  }, 60_000);
});

/** What is deleted before it was ever looked at cannot be missed. */
async function seenAtTarget(databaseUrl: string, pointId: string): Promise<void> {
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  await until('the replicas to be looked at', async () => {
    const { rows } = await db.query<{ unseen: boolean }>(
      `select bool_or(standing is null) as unseen from data.point_disk where point_id = $1`,
      [pointId],
    );
    return rows[0]?.unseen === false ? true : undefined;
  });
  await db.end();
}

async function replicasOf(cloud: Cloud, pointId: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { id, tags } of cloud.image.list<{ id: string; tags: readonly string[] }>('/images', 'images'))
    if (tags.includes(`lifeboat_point=${pointId}`) && tags.includes('lifeboat_purpose=replica')) found.push(id);
  return found;
}

async function standing(cloud: Cloud): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const s of cloud.compute.list<{ id: string }>('/servers', 'servers')) found.push(`server ${s.id}`);
  for await (const v of cloud.volume.list<{ id: string }>('/volumes', 'volumes')) found.push(`volume ${v.id}`);
  const { projectId } = await cloud.whoAmI();
  for await (const p of cloud.network.list<{ id: string }>('/ports', 'ports', { query: { project_id: projectId } }))
    found.push(`port ${p.id}`);
  return found.sort();
}
