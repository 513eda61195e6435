import {
  FailoverCommitted,
  GroupLocked,
  GroupReversed,
  MaterialiseDisks,
  PromoteDisks,
  ReadLag,
  ReplicateDisks,
  ReplicationHealthy,
  ReplicationUnhealthy,
} from '@lifeboat/contracts';
import type { DiskReplica } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataBench } from './simulated/data-bench.ts';

const MINUTE = 60_000;
const GIB_BYTES = 16 * 1024 ** 2;
const BLANK = createHash('sha256').update(Buffer.alloc(GIB_BYTES)).digest('hex');

/** An application that says of itself what stands in a file, and writes down what it was asked. */
const PROGRAM = `#!/bin/sh
echo "$LIFEBOAT_VERB $LIFEBOAT_PLANNED" >> "$1/asked"
case "$LIFEBOAT_VERB" in
  lag) cat "$1/lag" ;;
  promote) echo '{ "lost": "two orders" }' ;;
esac
`;

describe('data-replication of what an application carries', () => {
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
        return { hook: { hooks: { 'shop-db': { lag: action, promote: action } } } };
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
});
