import {
  DiscardDisks,
  FailoverCommitted,
  GroupLocked,
  GroupReversed,
  MaterialiseDisks,
  PreviewReversal,
  PromoteDisks,
  ReadLag,
  ReleaseDisks,
  ReplicateDisks,
  ReplicationHealthy,
  ReplicationUnhealthy,
  ReverseDisks,
} from '@lifeboat/contracts';
import type { Disk, DiskReplica } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { openSimulated, until } from '@lifeboat/testing';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataBench } from './simulated/data-bench.ts';

const MINUTE = 60_000;
const GIB_BYTES = 16 * 1024 ** 2;
/** What is written where the disk serves, and what goes round it when it is sent. */
const WRITTEN = 128 * 1024;
const SLACK = 64 * 1024;
const TURN = { runId: 'run-turn', source: 'alpha', target: 'beta' };
const BLANK = createHash('sha256').update(Buffer.alloc(GIB_BYTES)).digest('hex');

/** An application that says of itself what stands in a file, and writes down what it was asked. */
const PROGRAM = `#!/bin/sh
echo "$LIFEBOAT_VERB $LIFEBOAT_PLANNED" >> "$1/asked"
case "$LIFEBOAT_VERB" in
  lag) cat "$1/lag" ;;
  promote) echo '{ "lost": "two orders" }' ;;
esac
`;

describe('data-replication of what an application carries, and of what goes back by difference', () => {
  let bench: DataBench;
  let dir: string;
  let disks: readonly DiskReplica[];
  const [pointId, runId] = [newId(), newId()];
  beforeAll(async () => {
    bench = await DataBench.start(GIB_BYTES, {
      drivers: async (folder) => {
        dir = folder;
        await writeFile(join(dir, 'hook'), PROGRAM, { mode: 0o755 });
        await writeFile(join(dir, 'lag'), '{ "seconds": 0, "bytes": 0 }');
        const action = { command: [join(dir, 'hook'), dir] };
        const file = (site: string, of: string): string => join(dir, site, 'disks', `${of}-%s.raw`);
        const site = (name: string) => ({
          volumes: { '*': { kind: 'file', volume: file(name, 'volume'), snapshot: file(name, 'snapshot') } },
        });
        return {
          hook: { hooks: { 'shop-db': { lag: action, promote: action, reverse: action } } },
          'block-stream': { folder: join(dir, 'trees'), sites: { alpha: site('alpha'), beta: site('beta') } },
        };
      },
    });
  }, 3 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const lagNow = async () => (await bench.request(ReadLag, { groupId: 'grp-1' })).disks;
  const heard = (subject: string) =>
    until(subject, async () => bench.events.find(({ type }) => type === subject), { timeoutMs: MINUTE });

  it(
    'carries no bytes, and says with the point what is carried instead',
    async () => {
      const [database, cache] = [await bench.volume('database'), await bench.volume('cache')];
      const answer = await bench.ask(ReplicateDisks, {
        groupId: 'grp-1',
        pointId,
        source: 'alpha',
        target: 'beta',
        disks: [
          { ...database, metadata: { lifeboat_hook: 'shop-db' } },
          { ...cache, volumeType: 'scratch' },
        ],
        rules: [{ driver: 'stateless', volumeType: 'scratch' }, { driver: 'hook' }],
      });
      disks = answer.disks;
      const said = Object.fromEntries(
        disks.map(({ disk, driver, carries, rollback, bytes }) => [disk.name, { driver, carries, rollback, bytes }]),
      );
      expect(said).toEqual({
        database: { driver: 'hook', carries: 'application', rollback: 'none', bytes: 0 },
        cache: { driver: 'stateless', carries: 'nothing', rollback: undefined, bytes: 0 },
      });
      expect([await bench.marked('alpha'), await bench.marked('beta')]).toEqual([[], []]);
    },
    3 * MINUTE,
  );

  it(
    'keeps how far the recovery site is behind, and says when replication goes on no more and when it does again',
    async () => {
      await writeFile(join(dir, 'lag'), '{ "seconds": 7.5, "bytes": 4096 }');
      const behind = await until('the lag', async () => (await lagNow()).find(({ bytes }) => bytes === 4096), {
        timeoutMs: MINUTE,
      });
      expect(behind).toMatchObject({ name: 'database', driver: 'hook', target: 'beta', seconds: 7.5, healthy: true });
      await writeFile(join(dir, 'lag'), '{ "seconds": 90, "healthy": false, "problem": "the standby is down" }');
      expect((await heard(ReplicationUnhealthy.subject)).data).toMatchObject({
        name: 'database',
        problem: 'the standby is down',
      });
      expect(await lagNow()).toEqual([expect.objectContaining({ healthy: false, problem: 'the standby is down' })]);
      await writeFile(join(dir, 'lag'), '{ "seconds": 0 }');
      await heard(ReplicationHealthy.subject);
    },
    3 * MINUTE,
  );

  it(
    'makes blank copies, then promotes what no copy can serve, without a call to the primary',
    async () => {
      await bench.announce(GroupLocked, { groupId: 'grp-1', runId, fenceToken: 1, purpose: 'failover' });
      const since = Date.now();
      const run = { groupId: 'grp-1', runId, pointId, target: 'beta', disks: [...disks] };
      const { copies } = await bench.ask(MaterialiseDisks, {
        ...run,
        disks: disks.map((one) => ({ ...one, disk: { ...one.disk, volumeType: 'standard' } })),
        mappings: {},
      });
      expect(copies.map(({ carries }) => String(carries)).toSorted((a, b) => a.localeCompare(b))).toEqual([
        'application',
        'nothing',
      ]);
      for (const { targetId } of copies) expect(await bench.digest('beta', targetId)).toBe(BLANK);
      const { promoted } = await bench.ask(PromoteDisks, run);
      expect(promoted).toEqual([
        expect.objectContaining({ name: 'database', driver: 'hook', forced: true, lost: 'two orders' }),
      ]);
      expect((await readFile(join(dir, 'asked'), 'utf8')).match(/promote false/g)).toHaveLength(1);
      expect(bench.simulators.alpha.requests({ since }).map(({ path }) => path)).toEqual([]);
    },
    3 * MINUTE,
  );

  it(
    'asks a group that is failed over no more how far it is behind',
    async () => {
      await until('nothing to be behind', async () => ((await lagNow()).length === 0 ? true : undefined), {
        timeoutMs: MINUTE,
      });
    },
    MINUTE,
  );

  it(
    'asks again when the group is protected the other way round, whatever older word of its failover comes late',
    async () => {
      const turned = { groupId: 'grp-1', runId: 'run-turn', primary: 'beta', recovery: 'alpha' };
      const before = new Date(Date.now() - 1_000).toISOString();
      const reversedAt = new Date().toISOString();
      await bench.announce(GroupReversed, { ...turned, reversedAt, discarded: [], kept: [] });
      await bench.announce(FailoverCommitted, { groupId: 'grp-1', runId, committedAt: before }, before);
      await until('to be asked again', async () => ((await lagNow()).length > 0 ? true : undefined), {
        timeoutMs: MINUTE,
      });
    },
    MINUTE,
  );

  it(
    'has the application turned round, once',
    async () => {
      const { disks: reversed } = await bench.ask(ReverseDisks, { ...TURN, groupId: 'grp-1', ofRunId: runId });
      const why = Object.fromEntries(reversed.map(({ name, copy, why: said }) => [name, `${copy}: ${said}`]));
      expect(why).toEqual({
        database: expect.stringMatching(/^nothing: .* turned round by hook$/),
        cache: expect.stringMatching(/^nothing: /),
      });
      expect((await readFile(join(dir, 'asked'), 'utf8')).match(/reverse/g)).toHaveLength(1);
    },
    MINUTE,
  );

  describe('of a disk that serves from a copy', () => {
    const [away, back] = [newId(), newId()];
    const group = { groupId: 'grp-2', rules: [{ driver: 'block-stream' }] };
    const reversal = { ...TURN, groupId: 'grp-2', ofRunId: away };
    let disk: Disk;
    let serving: Disk;

    beforeAll(async () => {
      disk = await bench.volume('orders');
      const point = { ...group, pointId: newId(), source: 'alpha', target: 'beta' };
      const earlier = newId();
      await bench.ask(ReplicateDisks, { ...point, pointId: earlier, disks: [disk] });
      const { disks: carried } = await bench.ask(ReplicateDisks, { ...point, disks: [disk] });
      const run = { groupId: 'grp-2', runId: away, pointId: point.pointId, target: 'beta' };
      const { copies } = await bench.ask(MaterialiseDisks, { ...run, disks: carried, mappings: {} });
      serving = { ...disk, id: copies[0]?.targetId ?? '' };
      await bench.write('beta', serving.id, WRITTEN);
      // As at the pivot, both at once: nothing of the points is needed to go back.
      const discard = { groupId: 'grp-2', sourceLost: false, sourceBack: true as const };
      await Promise.all([earlier, point.pointId].map((pointId) => bench.ask(DiscardDisks, { ...discard, pointId })));
    }, 3 * MINUTE);

    it(
      'copies all of it where there is no room for what it would begin with, and says so',
      async () => {
        const admin = openSimulated(bench.simulators.alpha, { username: 'admin', project: 'demo' });
        const quota = async (gigabytes: number) => {
          const { projectId } = await admin.whoAmI();
          await admin.volume.put(`/os-quota-sets/${projectId}`, { quota_set: { gigabytes } });
        };
        await quota(1);
        const { disks: reversed } = await bench.ask(ReverseDisks, { ...reversal, runId: newId() });
        await quota(1_000);
        await admin.close();
        expect(reversed).toEqual([
          expect.objectContaining({ copy: 'full', why: expect.stringContaining('volume:gigabytes') }),
        ]);
        expect(await bench.marked('alpha')).toEqual([]);
      },
      MINUTE,
    );

    it(
      'sends with the first point what was written since, and leaves what stands at the old primary as it is',
      async () => {
        const original = await bench.digest('alpha', disk.id);
        const expected = [expect.objectContaining({ name: 'orders', copy: 'deltas', bytes: 1024 ** 3 })];
        const { ofRunId, source, target } = reversal;
        expect((await bench.question(PreviewReversal, { ofRunId, source, target })).disks).toEqual(expected);
        expect((await bench.ask(ReverseDisks, reversal)).disks).toEqual(expected);
        expect((await bench.ask(ReverseDisks, reversal)).disks).toEqual(expected);
        expect(await bench.marked('alpha')).toEqual(['replica']);
        const point = { ...group, pointId: back, source: 'beta', target: 'alpha' };
        const first = await bench.ask(ReplicateDisks, { ...point, disks: [serving] });
        expect(first.bytes).toBeGreaterThanOrEqual(WRITTEN);
        expect(first.bytes).toBeLessThan(1.1 * WRITTEN + SLACK);
        // The point has taken it: nothing is let go of but the word.
        await bench.ask(DiscardDisks, { groupId: 'grp-2', pointId: reversal.runId, sourceLost: false });
        const home = { groupId: 'grp-2', runId: newId(), pointId: back, target: 'alpha' };
        const { copies } = await bench.ask(MaterialiseDisks, { ...home, disks: first.disks, mappings: {} });
        expect(await bench.digest('alpha', copies[0]?.targetId ?? '')).toBe(await bench.digest('beta', serving.id));
        expect(await bench.digest('alpha', disk.id)).toBe(original);
        await bench.ask(ReleaseDisks, { groupId: 'grp-2', runId: home.runId });
        await bench.ask(DiscardDisks, { groupId: 'grp-2', pointId: back, sourceLost: false });
        expect(await bench.marked('alpha')).toEqual([]);
      },
      3 * MINUTE,
    );

    it(
      'removes what no point has taken, and no more',
      async () => {
        const runId = newId();
        await bench.ask(ReverseDisks, { ...reversal, runId });
        expect(await bench.marked('alpha')).toEqual(['replica']);
        await bench.ask(DiscardDisks, { groupId: 'grp-2', pointId: runId, sourceLost: false });
        expect(await bench.marked('alpha')).toEqual([]);
        expect(await bench.digest('alpha', disk.id)).toMatch(/^[0-9a-f]{64}$/);
        await bench.ask(ReleaseDisks, { groupId: 'grp-2', runId: away });
        expect(await bench.marked('beta')).not.toContain('replica');
      },
      3 * MINUTE,
    );
  });
});
