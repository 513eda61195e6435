import {
  DiscardDisks,
  GroupChanged,
  GroupLocked,
  GroupUnlocked,
  MaterialiseDisks,
  ReadProgress,
  ReleaseDisks,
  ReplicateDisks,
  ResyncDisk,
  VerifyPoint,
} from '@lifeboat/contracts';
import type { Disk } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@lifeboat/testing';
import { DataBench } from './simulated/data-bench.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;

const replicate = (bench: DataBench, pointId: string, disks: Disk[]) =>
  bench.ask(ReplicateDisks, { groupId: 'grp-1', pointId, source: 'alpha', target: 'beta', disks, rules: [] });

describe('data-replication with a data-worker', () => {
  let bench: DataBench;
  beforeAll(async () => {
    bench = await DataBench.start();
  }, 3 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const removed = async (pointId: string): Promise<void> => {
    await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId, sourceLost: false });
    expect([await bench.marked('alpha'), await bench.marked('beta')]).toEqual([[], []]);
  };

  it(
    'carries all disks of a group, says what consistency it achieved and leaves nothing at the primary',
    async () => {
      const disks = [await bench.volume('a'), await bench.volume('b')];
      const pointId = newId();
      const answer = await replicate(bench, pointId, disks);
      expect(answer.disks.map(({ driver }) => driver)).toEqual(['image-transfer', 'image-transfer']);
      expect(answer.bytes).toBe(2 * 16 * MIB);
      expect(answer.consistency).toEqual({ level: 'crash-per-disk', skewMs: expect.any(Number) });
      expect(await bench.marked('alpha')).toEqual([]);
      expect(await bench.marked('beta')).toEqual(['replica', 'replica']);
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it(
    'makes copies for a run that have the bytes of the point, and takes them away again',
    async () => {
      const disk = await bench.volume('data');
      const expected = await bench.digest('alpha', disk.id);
      const pointId = newId();
      const { disks } = await replicate(bench, pointId, [disk]);
      const runId = newId();
      const since = Date.now();
      const { copies } = await bench.ask(MaterialiseDisks, {
        groupId: 'grp-1',
        runId,
        pointId,
        target: 'beta',
        disks,
        mappings: {},
      });
      expect(copies).toEqual([{ diskKind: 'volume', diskId: disk.id, kind: 'volume', targetId: expect.any(String) }]);
      expect(await bench.digest('beta', copies[0]?.targetId ?? '')).toBe(expected);
      await bench.ask(ReleaseDisks, { groupId: 'grp-1', runId });
      expect(bench.simulators.alpha.requests({ since }).map(({ path }) => path)).toEqual([]);
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it(
    'misses a replica as soon as a notification of the recovery site tells that it was deleted, and builds on it no more',
    async () => {
      const [disk, pointId] = [await bench.volume('data'), newId()];
      const { disks } = await replicate(bench, pointId, [disk]);
      const of = async () => {
        const [row] = await bench.query<{ standing: string[] | null; damage: string | null }>(
          `select standing, damage from data.point_disk where point_id = $1`,
          [pointId],
        );
        return row;
      };
      const [name] = await until('it to be looked at', async () => (await of())?.standing ?? undefined);
      const id = name?.split(' ')[1] ?? '';
      expect(JSON.stringify(disks[0]?.replica)).toContain(id);
      await bench.clouds.beta.image.delete(`/images/${id}`);
      await bench.notify('beta', 'image.delete', { kind: 'image', id });
      expect(await until('it to be missed', async () => (await of())?.damage ?? undefined)).toBe(`${name} is gone`);
      const next = newId();
      await replicate(bench, next, [disk]);
      expect(await bench.query(`select base from data.point_disk where point_id = $1`, [next])).toEqual([
        { base: null },
      ]);
      for (const one of [pointId, next])
        await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId: one, sourceLost: false });
    },
    3 * MINUTE,
  );

  it(
    'calls the primary of a group no more once a failover holds it, also for what was under way there',
    async () => {
      const [disk, first, second, runId] = [await bench.volume('data'), newId(), newId(), newId()];
      for (const pointId of [first, second]) await replicate(bench, pointId, [disk]);
      const { alpha } = bench.simulators;
      const calls = (since: number) => alpha.requests({ since }).map(({ path }) => path);
      alpha.faults.add({ kind: 'hang-before' });
      const before = Date.now();
      const removing = bench.ask(DiscardDisks, { groupId: 'grp-1', pointId: first, sourceLost: false });
      await until('the lost primary to be called', async () => (calls(before).length > 0 ? true : undefined));
      await bench.announce(GroupLocked, { groupId: 'grp-1', runId, fenceToken: 1, purpose: 'failover' });
      await removing;
      const since = Date.now();
      await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId: second, sourceLost: false });
      expect(calls(since)).toEqual([]);
      expect(await bench.marked('beta')).toEqual([]);

      alpha.faults.clear();
      await bench.announce(GroupUnlocked, { groupId: 'grp-1', runId });
      const third = newId();
      await replicate(bench, third, [disk]);
      const after = Date.now();
      await removed(third);
      expect(calls(after)).not.toEqual([]);
    },
    3 * MINUTE,
  );

  it(
    'sends no more than the policy allows, says how far it came, and goes by a new policy at once',
    async () => {
      const group = {
        groupId: 'grp-paced',
        primary: 'alpha',
        policy: 'slow',
        members: {},
        state: 'protected' as const,
      };
      await bench.announce(GroupChanged, { ...group, bandwidth: [{ bytesPerSecond: 32 * 1024 }] });
      const pointId = newId();
      const disk = await bench.volume('data');
      const point = { groupId: 'grp-paced', pointId, source: 'alpha', target: 'beta', disks: [disk], rules: [] };
      const running = bench.ask(ReplicateDisks, point);
      const progress = async () => (await bench.question(ReadProgress, { ownerId: pointId })).disks[0];
      const moving = await until('bytes to move', async () => {
        const now = await progress();
        return now?.verb === 'transfer' && now.bytes > 0 ? now : undefined;
      });
      expect(moving).toMatchObject({ diskId: disk.id, driver: 'image-transfer', state: 'asked' });
      expect(moving.bytes).toBeLessThan(16 * MIB);
      await bench.announce(GroupChanged, group);
      await running;
      expect(await progress()).toMatchObject({ state: 'done', percent: 100, bytes: 16 * MIB });
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it(
    'says which drivers cannot read a point again, and lets the next point of a distrusted disk compare every byte',
    async () => {
      const [disk, first, second, third] = [await bench.volume('data'), newId(), newId(), newId()];
      await replicate(bench, first, [disk]);
      const check = { pointId: first, checkId: newId() };
      expect(await bench.question(VerifyPoint, check)).toEqual({
        done: true,
        disks: [expect.objectContaining({ diskId: disk.id, outcome: 'not-offered', driver: 'image-transfer' })],
      });
      await expect(bench.question(ResyncDisk, { groupId: 'grp-1', diskId: 'unknown' })).rejects.toMatchObject({
        code: 'disk-not-replicated',
      });
      await bench.question(ResyncDisk, { groupId: 'grp-1', diskId: disk.id });
      await replicate(bench, second, [disk]);
      await replicate(bench, third, [disk]);
      expect(await bench.thoroughPoints([first, second, third])).toEqual([second]);
      for (const pointId of [first, second])
        await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId, sourceLost: false });
      await removed(third);
    },
    3 * MINUTE,
  );

  it(
    'carries a volume that grew between two points with its new size and bytes, and the older point with the old',
    async () => {
      const disk = await bench.volume('data');
      const [first, second] = [newId(), newId()];
      const before = {
        digest: await bench.digest('alpha', disk.id),
        disks: (await replicate(bench, first, [disk])).disks,
      };
      await bench.extend(disk, 2);
      const grown = { ...disk, sizeGiB: 2 };
      const after = {
        digest: await bench.digest('alpha', disk.id),
        disks: (await replicate(bench, second, [grown])).disks,
      };
      for (const [pointId, { digest, disks }] of [
        [first, before],
        [second, after],
      ] as const) {
        const runId = newId();
        const copies = { groupId: 'grp-1', runId, pointId, target: 'beta', disks, mappings: {} };
        const made = await bench.ask(MaterialiseDisks, copies);
        expect(await bench.digest('beta', made.copies[0]?.targetId ?? '')).toBe(digest);
        await bench.ask(ReleaseDisks, { groupId: 'grp-1', runId });
      }
      await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId: first, sourceLost: false });
      await removed(second);
    },
    3 * MINUTE,
  );

  it(
    'refuses before anything is made when the quota at the target is too small',
    async () => {
      const disk = await bench.volume('data');
      const pointId = newId();
      const { disks } = await replicate(bench, pointId, [disk]);
      const many = Array.from({ length: 60 }, (_, n) => ({
        ...disks[0],
        disk: { ...disk, id: `${disk.id}-${n}` },
      })) as typeof disks;
      const refused = bench.ask(MaterialiseDisks, {
        groupId: 'grp-1',
        runId: newId(),
        pointId,
        target: 'beta',
        disks: many,
        mappings: {},
      });
      await expect(refused).rejects.toMatchObject({
        code: 'quota-too-small',
        message: expect.stringContaining('volume:volumes'),
      });
      expect(await bench.marked('beta')).toEqual(['replica']);
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it(
    'says for every driver why it does not carry a disk',
    async () => {
      const disk = { ...(await bench.volume('secret')), encrypted: true };
      await expect(replicate(bench, newId(), [disk])).rejects.toMatchObject({
        code: 'disk-not-carriable',
        message: expect.stringMatching(/image-transfer: .*encrypted/),
      });
    },
    3 * MINUTE,
  );

  it(
    'says of a disk that is gone which it was',
    async () => {
      const disk = { ...(await bench.volume('gone')), id: '00000000-0000-4000-8000-000000000000' };
      const pointId = newId();
      await expect(replicate(bench, pointId, [disk])).rejects.toMatchObject({
        code: 'disk-gone',
        message: expect.stringContaining('"gone"'),
      });
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it(
    'removes a point that is being made, while it is being made',
    async () => {
      const pointId = newId();
      const disks = [await bench.volume('a'), await bench.volume('b')];
      // What is removed while it is made is never answered.
      await bench.tell(ReplicateDisks, {
        groupId: 'grp-1',
        pointId,
        source: 'alpha',
        target: 'beta',
        disks,
        rules: [],
      });
      await pause(1_500);
      await removed(pointId);
    },
    3 * MINUTE,
  );

  it.each(['data-worker', 'data-replication'] as const)(
    'ends the same when %s is killed again and again',
    async (name) => {
      const disks = [await bench.volume('a'), await bench.volume('b')];
      const expected = await Promise.all(disks.map(({ id }) => bench.digest('alpha', id)));
      const pointId = newId();
      const running = replicate(bench, pointId, disks);
      for (let kills = 0; kills < 4; kills++) {
        await pause(500 + 200 * kills);
        bench.stack.process(name).kill();
      }
      const { disks: replicas } = await running;
      expect([await bench.marked('alpha'), await bench.marked('beta')]).toEqual([[], ['replica', 'replica']]);
      const runId = newId();
      const making = bench.ask(MaterialiseDisks, {
        groupId: 'grp-1',
        runId,
        pointId,
        target: 'beta',
        disks: replicas,
        mappings: {},
      });
      await pause(300);
      bench.stack.process(name).kill();
      const { copies } = await making;
      expect(await bench.marked('beta')).toEqual(['copy', 'copy', 'replica', 'replica']);
      const made = disks.map(({ id }) => copies.find(({ diskId }) => diskId === id)?.targetId ?? '');
      expect(await Promise.all(made.map((id) => bench.digest('beta', id)))).toEqual(expected);
      await bench.ask(ReleaseDisks, { groupId: 'grp-1', runId });
      await removed(pointId);
    },
    4 * MINUTE,
  );

  it(
    'goes on when nats-server loses its whole store',
    async () => {
      const pointId = newId();
      const running = replicate(bench, pointId, [await bench.volume('a')]);
      await pause(800);
      await bench.servers.nats.wipe();
      await bench.servers.nats.start();
      await running;
      expect([await bench.marked('alpha'), await bench.marked('beta')]).toEqual([[], ['replica']]);
      await removed(pointId);
    },
    4 * MINUTE,
  );
});

describe('a data-worker', () => {
  it(
    'stays below 220 MB while it copies a volume that is larger than that',
    async () => {
      const bench = await DataBench.start(320 * MIB);
      try {
        const disks = [await bench.volume('a', 256 * MIB)];
        const { bytes } = await replicate(bench, newId(), disks);
        expect(bytes).toBe(320 * MIB);
        const peak = /VmHWM:\s+(\d+) kB/.exec(
          readFileSync(`/proc/${bench.stack.process('data-worker').pid}/status`, 'utf8'),
        )?.[1];
        expect(Number(peak) / 1024).toBeLessThan(220);
      } finally {
        await bench.stop();
      }
    },
    3 * MINUTE,
  );
});
