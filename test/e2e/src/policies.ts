import type { LifeboatApi } from '@lifeboat/api-client';
import type { Policy } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { createShop, until } from '@lifeboat/testing';
import { ended, world } from './journeys.ts';
import type { World } from './journeys.ts';

const MINUTE = 60_000;

describe('what a policy says', () => {
  let at: World;
  let api: LifeboatApi;
  const policy: Policy = {
    name: 'gold',
    rpoSeconds: 0,
    keepPoints: 2,
    consistency: 'crash-across-group',
    rules: { drivers: [{ driver: 'image-transfer', tag: 'no-such-tag' }], serverRoot: 'snapshot' },
  };

  beforeAll(async () => {
    at = await world('member');
    api = at.api;
    await createShop(at.arena.primaryCloud);
    const { primary, recovery } = at.arena;
    for (const site of [primary, recovery]) await api.sites.put(site);
    await api.policies.put(policy);
    await api.groups.put({
      groupId: 'shop',
      name: 'Shop',
      primary,
      recovery,
      policy: 'gold',
      members: { tag: 'shop' },
    });
  }, 3 * MINUTE);
  afterAll(() => at.close(), MINUTE);

  const sealed = async () => (await api.points.list('shop')).filter(({ state }) => state === 'sealed');

  it(
    'is held to by points, which say what they missed',
    async () => {
      const pointId = newId();
      await api.points.request('shop', pointId, 'test');
      expect(await ended(api, pointId)).toMatchObject({ outcome: 'completed' });
      const point = await api.points.get(pointId);
      expect(point).toMatchObject({
        state: 'sealed',
        consistency: { level: 'crash-per-disk', skewMs: expect.any(Number) },
        consistencyMissed: 'crash-across-group',
      });
      const progress = await api.points.progress(pointId);
      expect(progress.map(({ diskId }) => diskId).toSorted()).toEqual(
        point.disks.map(({ disk }) => disk.id).toSorted(),
      );
      expect(progress.every(({ state, percent }) => state === 'done' && percent === 100)).toBe(true);
      expect(await api.points.verify(pointId, newId())).toMatchObject({ done: true });
    },
    2 * MINUTE,
  );

  it('is explained for every disk, with what each driver says', async () => {
    const [disk] = await api.disks.list('shop');
    const { driver, reasons } = await api.disks.explain('shop', disk?.id ?? '');
    expect(driver).toBe(disk?.kind === 'volume' ? 'image-transfer' : 'server-snapshot');
    expect(reasons.filter(({ chosen }) => chosen).map((one) => one.driver)).toEqual([driver]);
    expect(reasons.every(({ reason }) => reason.length > 10)).toBe(true);
    await expect(api.disks.explain('shop', 'nothing')).rejects.toMatchObject({ code: 'disk-not-found' });
  });

  it(
    'makes points by schedule until the group is paused, and says how long one takes and when the next begins',
    async () => {
      await api.groups.pause('shop', 'test');
      await api.policies.put({ ...policy, rpoSeconds: 3600, keep: { last: 1, daily: 1 } });
      expect(await api.groups.get('shop')).toMatchObject({
        paused: { reason: 'test' },
        schedule: { rpoSeconds: 3600 },
      });
      const before = (await sealed()).map(({ pointId }) => pointId);
      await api.groups.resume('shop');
      const { schedule } = await api.groups.get('shop');
      expect(schedule).toMatchObject({ expectedSeconds: expect.any(Number), nextStartAt: expect.any(String) });
      // Its only point is older than this RPO in a moment.
      await api.policies.put({ ...policy, rpoSeconds: 5, keep: { last: 1, daily: 1 } });
      const fresh = await until(
        'a point by schedule',
        async () => (await sealed()).find(({ pointId }) => !before.includes(pointId)),
        { timeoutMs: MINUTE },
      );
      expect(fresh.state).toBe('sealed');
      await api.groups.pause('shop', 'test');
    },
    3 * MINUTE,
  );
});
