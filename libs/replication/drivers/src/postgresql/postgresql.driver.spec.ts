import { driverConformance, failureOf, marksOf, offLimits } from '@lifeboat/replication-driver-api';
import type { Disk, DriverIo, Outcome, PointOfDisk, ReplicationDriver } from '@lifeboat/replication-driver-api';
import type { Json } from '@lifeboat/kernel';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MemoryCloud } from '../memory/memory-cloud.ts';
import { simulatedBench } from '@lifeboat/testing';
import type { SimulatedBench } from '@lifeboat/testing';
import { postgresql } from './postgresql.driver.ts';
import { missing, Orders } from './testing/orders.ts';
import { BIN, makeFolder, PostgresServer, removeFolder } from './testing/postgres-server.ts';

const MINUTE = 60_000;
const SCRIPT = join(import.meta.dirname, '../../../../../deploy/postgresql/make-standby.sh');
const WHY_NOT = BIN === undefined ? ': there is no pg_rewind in /usr/lib/postgresql (Debian: postgresql)' : '';
const copy = { runId: 'run-1', name: 'data' };

function offered<T>(verb: T | undefined): T {
  if (verb === undefined) throw new Error('the driver does not offer it');
  return verb;
}

/** The tests go on where the one before ended: a standby, then promoted, reversed, and brought home. */
(BIN === undefined ? describe.skip : describe)(`driver postgresql on two real servers${WHY_NOT}`, () => {
  let bench: SimulatedBench;
  let disk: Disk;
  let dir: string;
  let primary: PostgresServer;
  let recovery: PostgresServer;
  let driver: ReplicationDriver;
  const orders = new Orders();

  beforeAll(async () => {
    bench = await simulatedBench('volume', 'demo');
    disk = { ...(await bench.disk()), named: 'shop' };
    dir = await makeFolder(SCRIPT);
    primary = await PostgresServer.primary(dir, 'primary');
    recovery = await PostgresServer.standbyOf(primary, 'recovery', 'lifeboat_shop');
    driver = postgresql.create({
      databases: {
        shop: {
          servers: { primary: primary.settings, recovery: recovery.settings },
          slot: 'lifeboat_shop',
          rewind: { command: primary.rewindCommand },
        },
      },
    });
  }, 3 * MINUTE);
  afterAll(async () => {
    await orders.end();
    for (const server of [primary, recovery]) await server.stop();
    await bench.stop();
    await removeFolder(dir);
  }, MINUTE);

  const io = (point: PointOfDisk, source: string, target: string, lost = false): DriverIo => ({
    source: lost ? offLimits(source) : new MemoryCloud(source).connect(),
    target: new MemoryCloud(target).connect(),
    now: () => new Date().toISOString(),
    ...marksOf(point, copy.runId),
    signal: new AbortController().signal,
    moved: () => undefined,
    pace: async () => undefined,
    copyImage: () => Promise.reject(new Error('there is no image')),
  });
  /** As the engine: again when it is in progress, or failed in a way that passes. */
  const until = async <T>(verb: (memo: Json | undefined) => Promise<Outcome<T>>): Promise<T> => {
    let memo: Json | undefined;
    for (const deadline = Date.now() + MINUTE; Date.now() < deadline; await pause(100)) {
      const outcome = await verb(memo).catch((thrown: unknown) => failureOf(thrown, new AbortController().signal));
      if (outcome.status === 'done') return outcome.result;
      if (outcome.status === 'in-progress') memo = outcome.memo;
      else if (outcome.kind !== 'transient') throw outcome.error;
    }
    throw new Error('not done after a minute');
  };
  const pointOf = (pointId: string): PointOfDisk => ({ pointId, groupId: 'grp-shop', disk });
  const carry = async (pointId: string, source = 'primary', target = 'recovery') => {
    const point = pointOf(pointId);
    const toward = io(point, source, target);
    const taken = await until((memo) => driver.snapshot(point, memo, toward));
    const { replica } = await until((memo) => driver.transfer(point, taken, memo, toward));
    return { point, replica };
  };

  const cases = driverConformance(postgresql.create(undefined)).map(({ name }) => name);
  // What is made of the two clouds is the same code as of driver hook, which is held to all cases; the promotion comes below.
  const OF_THE_CLOUDS = /^makes the target|memo|killed after|taken away|copies of one point|never completed|quota/;
  it.each(cases.filter((name) => !OF_THE_CLOUDS.test(name)))(
    '%s',
    async (name) => {
      const conforms = driverConformance(driver).find((one) => one.name === name);
      await conforms?.run({ ...bench, disk: async () => disk });
    },
    MINUTE,
  );

  it(
    'carries every point, whichever server is killed on the way',
    async () => {
      orders.begin(primary);
      for (let n = 0; n < 6; n++) {
        const [acknowledged, victim] = [orders.acknowledged, n % 2 === 0 ? recovery : primary];
        const carrying = carry(`pnt-${n}`);
        await pause(20 * n);
        await victim.kill();
        await victim.start();
        await carrying;
        // A standby that was killed after the point was carried has it on its disk, and answers before it has replayed it.
        await until(async () =>
          (await missing(recovery, acknowledged)).length === 0
            ? { status: 'done', result: null }
            : { status: 'in-progress', memo: null, againMs: 100 },
        );
      }
      await orders.end();
    },
    3 * MINUTE,
  );

  it(
    'says of a standby that does not stream that it is not healthy, and what the primary is ahead',
    async () => {
      await recovery.kill();
      await expect(
        driver.lag?.(pointOf('pnt-lag'), undefined, io(pointOf('pnt-lag'), 'primary', 'recovery')),
      ).rejects.toMatchObject({
        code: 'database-not-reached',
      });
      await recovery.start();
      const healthy = await until(async () => {
        const lag = await driver.lag?.(pointOf('pnt-lag'), undefined, io(pointOf('pnt-lag'), 'primary', 'recovery'));
        // It streams before it has replayed what it missed: what it is behind until then is its lag, no fault.
        if (!lag?.healthy || lag.bytes !== 0) return { status: 'in-progress', memo: null, againMs: 100 };
        return { status: 'done', result: lag };
      });
      expect(healthy).toMatchObject({ healthy: true, bytes: 0, seconds: 0 });
    },
    MINUTE,
  );

  it(
    'promotes without the primary: what was acknowledged before the point is there, and where it stands is said',
    async () => {
      orders.begin(primary);
      while (orders.acknowledged < 200) await pause(20);
      const acknowledged = orders.acknowledged;
      const { point, replica } = await carry('pnt-last');
      const lost = io(point, 'primary', 'recovery', true);
      await primary.kill();
      await orders.end();
      const promote = () =>
        until((memo) => offered(driver.promote)(point, replica, copy, { planned: false }, memo, lost));
      const promoted = await promote();
      expect(promoted).toEqual({
        forced: true,
        lost: expect.stringMatching(/^it stands at [0-9A-F]+\/[0-9A-F]+, with the last transaction of 20/),
      });
      expect(await promote()).toEqual(promoted);
      expect(await missing(recovery, acknowledged)).toEqual([]);
      // A primary that comes back and is written to has gone its own way.
      await primary.start();
      orders.begin(primary);
      await pause(200);
      await orders.end();
    },
    MINUTE,
  );

  it(
    'takes no point from a primary whose standby was promoted',
    async () => {
      await expect(carry('pnt-after')).rejects.toMatchObject({ code: 'standby-was-promoted' });
    },
    MINUTE,
  );

  it(
    'makes the old primary a standby of the promoted server, by what differs',
    async () => {
      const point = pointOf('pnt-last');
      const reverse = () =>
        until((memo) => offered(driver.reverse)(point, null, undefined, memo, io(point, 'primary', 'recovery')));
      expect(await reverse()).toEqual({ full: false });
      expect(await reverse()).toEqual({ full: false });
    },
    MINUTE,
  );

  it(
    'goes home by a planned promotion and loses nothing that was acknowledged',
    async () => {
      orders.acknowledged = 1_000_000;
      orders.begin(recovery);
      const { point, replica } = await carry('pnt-home', 'recovery', 'primary');
      const home = io(point, 'recovery', 'primary');
      const promoted = await until((memo) =>
        offered(driver.promote)(point, replica, copy, { planned: true }, memo, home),
      );
      await orders.end();
      expect(promoted).toEqual({ forced: false });
      expect(orders.acknowledged).toBeGreaterThan(1_000_000);
      expect(await missing(primary, orders.acknowledged, 1_000_001)).toEqual([]);
    },
    MINUTE,
  );
});
