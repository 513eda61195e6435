import { ApplicationHeld, ApplicationReleased, DiscardDisks, GroupLocked, GroupUnlocked } from '@lifeboat/contracts';
import type { Consistency, Disk } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { FreezeRig, HELD } from '../simulated/freeze-rig.ts';

const MINUTE = 60_000;

describe('data-replication of an application that a hook holds still, whichever drivers carry its disks', () => {
  let rig: FreezeRig;
  let mixed: readonly Disk[];
  /** The same by one driver, which is quicker. */
  let disks: readonly Disk[];
  beforeAll(async () => {
    rig = await FreezeRig.start();
    const { bench } = rig;
    mixed = [await bench.volume('stock'), await bench.volume('bills')];
    const streamed = (disk: Disk) => ({ ...disk, metadata: { streamed: 'yes' } });
    disks = mixed.map(streamed);
    mixed = mixed.map((disk, n) => (n === 0 ? streamed(disk) : disk));
  }, 3 * MINUTE);
  afterAll(() => rig.bench.stop(), MINUTE);
  afterEach(async () => {
    rig.bench.simulators.alpha.faults.clear();
    await rig.tellsNothing();
  });

  const freezeOf = ({ consistency }: { readonly consistency: Consistency }) => consistency.freeze;

  it(
    'takes every snapshot between quiesce and unquiesce, lets go before the bytes are carried, and says for how long it was held',
    async () => {
      await rig.tells('slow-unquiesce', '0.3');
      const since = Date.now();
      const { pointId, answer } = rig.point(mixed, { need: 'required' });
      const { consistency } = await answer;
      expect(consistency).toMatchObject({ level: 'application', freeze: { hook: HELD, outcome: 'held' } });
      const [held, over] = [
        await rig.moment(pointId, 'quiesce', 'done'),
        await rig.moment(pointId, 'unquiesce', 'asked'),
      ];
      const asked = rig.snapshots(since);
      expect(asked).toHaveLength(2);
      for (const { at } of asked) expect(at).toBeGreaterThanOrEqual(held);
      const taken = await rig.taken(pointId);
      expect(taken).toHaveLength(2);
      for (const { completedAt } of taken) expect(Date.parse(completedAt)).toBeLessThanOrEqual(over);
      const calls = await rig.calls(pointId);
      expect(calls.map(({ verb, what }) => `${verb} ${what}`)).toEqual([
        'quiesce asked',
        'quiesce done',
        'unquiesce asked',
        'unquiesce done',
      ]);
      expect(calls[0]).toMatchObject({ key: `lifeboat:quiesce:grp-3:${HELD}:${pointId}`, seconds: '60' });
      const [from, to] = [calls[0]?.at ?? 0, calls[3]?.at ?? 0];
      const span = consistency.freeze;
      expect(span?.ms).toBeGreaterThanOrEqual(to - from);
      expect(Date.parse(span?.from ?? '')).toBeLessThanOrEqual(from);
      expect(Date.parse(span?.to ?? '')).toBeGreaterThanOrEqual(to);
      // What is carried is of when nothing was written, and nobody was kept waiting for it.
      const [transfer] = await rig.bench.query<{ at: Date }>(
        `select max(due_at) as at from data.task where owner_id = $1 and request->>'verb' = 'transfer'`,
        [pointId],
      );
      expect(transfer?.at.getTime()).toBeGreaterThan(over);
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'makes a point without where it is only preferred and the hook fails, says so, and lets go of what may be held by halves',
    async () => {
      await rig.tells('fail-quiesce', '');
      const { pointId, answer } = rig.point(disks);
      const { consistency } = await answer;
      expect(consistency).toMatchObject({ level: 'crash-per-disk', freeze: { hook: HELD, outcome: 'failed' } });
      expect(consistency.freeze?.why).toContain('the database is in recovery');
      await rig.letGo(pointId);
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'takes no snapshot where it is required and the hook fails, and lets go all the same',
    async () => {
      await rig.tells('fail-quiesce', '');
      const since = Date.now();
      const { pointId, answer } = rig.point(disks, { need: 'required' });
      await expect(answer).rejects.toMatchObject({ code: 'quiesce-failed' });
      await rig.letGo(pointId);
      expect(rig.snapshots(since)).toEqual([]);
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'ends a hook that hangs when the application may be held no longer',
    async () => {
      await rig.tells('slow-quiesce', '15');
      const { pointId, answer } = rig.point(disks, { atMostSeconds: 1 });
      expect((await answer).consistency).toMatchObject({
        level: 'crash-per-disk',
        freeze: { outcome: 'failed', why: expect.stringContaining('1 s') },
      });
      await rig.letGo(pointId);
      expect((await rig.calls(pointId)).some(({ verb, what }) => verb === 'quiesce' && what === 'done')).toBe(false);
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'lets go when the snapshots take longer than it may be held, and the point does not claim what it is not',
    async () => {
      rig.slowSnapshots(2_500);
      const { pointId, answer } = rig.point(disks, { atMostSeconds: 1 });
      await rig.letGo(pointId);
      expect(await rig.taken(pointId)).toEqual([]);
      expect((await answer).consistency).toMatchObject({
        level: 'crash-per-disk',
        freeze: { outcome: 'ran-out', why: expect.stringContaining('1 s'), ms: expect.any(Number) },
      });
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'believes an application that says it did not hold',
    async () => {
      await rig.tells('say-unquiesce', '{ "held": false, "why": "my own timer had run out" }');
      const { pointId, answer } = rig.point(disks);
      expect((await answer).consistency).toMatchObject({
        level: 'crash-per-disk',
        freeze: { outcome: 'lost', why: 'my own timer had run out' },
      });
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'lets go when a snapshot fails for good, and when the point is given up',
    async () => {
      const [first] = disks;
      const gone = { ...(first as Disk), id: newId(), name: 'gone' };
      const failing = rig.point([gone, ...disks]);
      await expect(failing.answer).rejects.toMatchObject({ code: 'disk-gone' });
      await rig.letGo(failing.pointId);
      await rig.discard(failing.pointId);

      rig.slowSnapshots(1_500);
      const pointId = await rig.tellPoint(disks);
      await rig.moment(pointId, 'quiesce', 'done');
      await rig.discard(pointId);
      await rig.letGo(pointId);
    },
    3 * MINUTE,
  );

  it.each(['data-replication', 'data-worker'] as const)(
    'goes on when %s is killed while the application is held, and lets go of it',
    async (service) => {
      rig.slowSnapshots(800);
      const { pointId, answer } = rig.point(disks);
      await rig.moment(pointId, 'quiesce', 'done');
      rig.bench.stack.process(service).kill();
      expect(freezeOf(await answer)).toMatchObject({ outcome: 'held' });
      await rig.letGo(pointId);
      const over = await rig.moment(pointId, 'unquiesce', 'asked');
      for (const { completedAt } of await rig.taken(pointId)) expect(Date.parse(completedAt)).toBeLessThanOrEqual(over);
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'is let go of by the worker itself when nobody can ask for that any more',
    async () => {
      rig.slowSnapshots(3_000);
      const since = Date.now();
      const { pointId, answer } = rig.point(disks, { atMostSeconds: 2 });
      await until('snapshots to be asked for', async () => (rig.snapshots(since).length > 0 ? true : undefined), {
        everyMs: 20,
      });
      const { pid } = rig.bench.stack.process('data-replication');
      process.kill(pid ?? 0, 'SIGSTOP');
      try {
        await rig.letGo(pointId);
      } finally {
        process.kill(pid ?? 0, 'SIGCONT');
      }
      expect((await answer).consistency).toMatchObject({ level: 'crash-per-disk', freeze: { outcome: 'ran-out' } });
      await rig.discard(pointId);
    },
    3 * MINUTE,
  );

  it(
    'is asked until it answers that it was let go of, loudly, and holds nothing anew before',
    async () => {
      await rig.tells('fail-unquiesce', '');
      const { pointId, answer } = rig.point(disks);
      void answer.catch(() => undefined);
      const heard = (subject: string) =>
        until(subject, async () => rig.bench.events.find((one) => one.type === subject && isOf(one.data, pointId)), {
          timeoutMs: MINUTE,
        });
      expect((await heard(ApplicationHeld.subject)).data).toMatchObject({
        hook: HELD,
        site: 'alpha',
        problem: expect.stringContaining('the database is in recovery'),
      });
      expect(await rig.bench.stack.process('data-replication').metrics()).toMatch(
        /lifeboat_application_held_seconds\{group="grp-3"/,
      );
      const next = rig.point(disks, { need: 'required' });
      await expect(next.answer).rejects.toMatchObject({
        code: 'quiesce-failed',
        message: expect.stringContaining(pointId),
      });
      expect(await rig.calls(next.pointId)).toEqual([]);
      await rig.tellsNothing();
      await heard(ApplicationReleased.subject);
      await rig.letGo(pointId);
      expect((await answer).consistency).toMatchObject({ level: 'application', freeze: { outcome: 'held' } });
      for (const one of [pointId, next.pointId]) await rig.discard(one);
    },
    3 * MINUTE,
  );

  it(
    'is nothing that a failover waits for: of a primary that was given up nothing is asked, until it is taken back',
    async () => {
      await rig.tells('fail-unquiesce', '');
      const pointId = await rig.tellPoint(disks);
      await rig.moment(pointId, 'unquiesce', 'asked');
      const run = { groupId: 'grp-3', runId: newId() };
      await rig.bench.announce(GroupLocked, { ...run, fenceToken: 1, purpose: 'failover' });
      await rig.bench.ask(DiscardDisks, { groupId: 'grp-3', pointId, sourceLost: true });
      await rig.tellsNothing();
      expect((await rig.calls(pointId)).some(({ verb, what }) => verb === 'unquiesce' && what === 'done')).toBe(false);
      await rig.bench.announce(GroupUnlocked, run);
      await rig.letGo(pointId);
    },
    3 * MINUTE,
  );
});

const isOf = (data: unknown, pointId: string): boolean => (data as { readonly pointId?: string }).pointId === pointId;
