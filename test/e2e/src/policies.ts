import type { LifeboatApi } from '@lifeboat/api-client';
import type { Policy } from '@lifeboat/contracts';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import type { World } from './journeys.ts';

const MINUTE = 60_000;

const GROUP = 'by-policy';

/** Of a world whose primary has the shop, both sites declared. */
export function policies(of: () => World): void {
  let api: LifeboatApi;
  const policy: Policy = {
    name: 'gold',
    rpoSeconds: 0,
    keepPoints: 2,
    consistency: 'crash-across-group',
    rules: { drivers: [{ driver: 'image-transfer', tag: 'no-such-tag' }], serverRoot: 'snapshot' },
  };

  beforeAll(async () => {
    const { arena } = of();
    ({ api } = of());
    await api.policies.put(policy);
    const { primary, recovery } = arena;
    const members = { tag: 'shop' };
    await api.groups.put({ groupId: GROUP, name: 'By policy', primary, recovery, policy: 'gold', members });
  }, 3 * MINUTE);

  const sealed = async () => (await api.points.list(GROUP)).filter(({ state }) => state === 'sealed');

  it(
    'is held to by points, which say what they missed',
    async () => {
      const pointId = newId();
      await api.points.request(GROUP, pointId, 'test');
      expect(await runOver(api, pointId)).toMatchObject({ outcome: 'completed' });
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
    const [disk] = await api.disks.list(GROUP);
    const { driver, reasons } = await api.disks.explain(GROUP, disk?.id ?? '');
    expect(driver).toBe(disk?.kind === 'volume' ? 'image-transfer' : 'server-snapshot');
    expect(reasons.filter(({ chosen }) => chosen).map((one) => one.driver)).toEqual([driver]);
    expect(reasons.every(({ reason }) => reason.length > 10)).toBe(true);
    await expect(api.disks.explain(GROUP, 'nothing')).rejects.toMatchObject({ code: 'disk-not-found' });
  });

  it(
    'makes points by schedule until the group is paused, and says how long one takes and when the next begins',
    async () => {
      await api.groups.pause(GROUP, 'test');
      await api.policies.put({ ...policy, rpoSeconds: 3600, keep: { last: 1, daily: 1 } });
      expect(await api.groups.get(GROUP)).toMatchObject({
        paused: { reason: 'test' },
        schedule: { rpoSeconds: 3600 },
      });
      const before = (await sealed()).map(({ pointId }) => pointId);
      await api.groups.resume(GROUP);
      const { schedule } = await api.groups.get(GROUP);
      expect(schedule).toMatchObject({ expectedSeconds: expect.any(Number), nextStartAt: expect.any(String) });
      // Its only point is older than this RPO in a moment.
      await api.policies.put({ ...policy, rpoSeconds: 5, keep: { last: 1, daily: 1 } });
      const fresh = await until(
        'a point by schedule',
        async () => (await sealed()).find(({ pointId }) => !before.includes(pointId)),
        { timeoutMs: MINUTE },
      );
      expect(fresh.state).toBe('sealed');
      await api.groups.pause(GROUP, 'test');
    },
    3 * MINUTE,
  );
}
