import type { Json } from '@lifeboat/kernel';
import { Drive } from '@lifeboat/replication-driver-api';
import type { Carried, Copy, Disk, Outcome, Promoted } from '@lifeboat/replication-driver-api';
import { setTimeout as pause } from 'node:timers/promises';
import { digestOf } from './clouds/ceph.ts';
import { driverNamed } from './clouds/driver-on-real-clouds.ts';
import { withMirroredPools } from './clouds/mirror-bench.ts';
import { mirrorDaemon } from './clouds/mirror-daemon.ts';
import type { RealBench } from './clouds/real-bench.ts';
import { realBench } from './clouds/real-bench.ts';
import { writeLoad } from './clouds/write-load.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;
const POINTS = 10;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';
const driver = driverNamed('rbd-mirror');

const snapshotOf = ({ transferred }: Carried): string => {
  const { image, snapshot } = transferred.replica as { readonly image: string; readonly snapshot: string };
  return `volumes/${image}@${snapshot}`;
};

async function promote(drive: Drive, { point, transferred }: Carried, copy: Copy): Promise<void> {
  const call = { point, runId: copy.runId, sourceLost: true };
  for (let turn = 0; turn < 100; turn++) {
    const outcome: Outcome<Promoted> = await drive.once(
      call,
      async (memo: Json | undefined, io) => {
        if (!driver.promote) throw new Error('the driver has no promote');
        return driver.promote(point, transferred.replica, copy, { planned: false }, memo, io);
      },
      undefined,
    );
    if (outcome.status === 'done') return;
    if (outcome.status === 'failed' && outcome.kind !== 'transient') throw outcome.error;
    await pause(1_000);
  }
  throw new Error('it was not promoted in 100 turns');
}

(process.env['LIFEBOAT_CLOUDS_BRIEF'] ? describe.skip : describe)('rbd-mirror under a load of random writes', () => {
  let bench: RealBench;
  let drive: Drive;
  let disk: Disk;
  const points: Carried[] = [];
  const daemon = mirrorDaemon(file, 'recovery');

  beforeAll(async () => {
    bench = withMirroredPools(await realBench(file, 'volume', 'admin'));
    drive = new Drive(driver, bench);
    disk = await bench.disk();
  }, 5 * MINUTE);
  afterAll(() => bench.stop(), 5 * MINUTE);

  const drill = async (carried: Carried): Promise<string> => {
    const copy = { runId: `run-${carried.point.pointId}`, name: 'drill' };
    const made = await drive.materialise(carried, copy);
    const digest = await bench.digestOfCopy(made);
    await drive.release(carried.point, copy);
    return digest;
  };

  it(
    'takes ten points, with its daemon killed during one of them and a drill of another, each a difference to the one before',
    async () => {
      const load = writeLoad('primary', `volumes/volume-${disk.id}`);
      for (let n = 0; n < POINTS; n++) {
        if (n === POINTS - 1) await load.stop();
        const { point, taken } = await drive.snapshot(disk, points.at(-1));
        const arriving = drive.transfer(point, taken);
        if (n === 3) await daemon.kill().then(() => daemon.start());
        points.push(await arriving);
        if (n === 5)
          expect(await drill(points[n] as Carried)).toBe(await digestOf('primary', snapshotOf(points[n] as Carried)));
      }
      const [, ...differences] = points.map(({ transferred }) => transferred.bytes);
      expect(Math.max(...differences)).toBeLessThan(512 * MIB);
    },
    20 * MINUTE,
  );

  it(
    'has the bytes of every point at the recovery site',
    async () => {
      for (const point of points)
        expect(await digestOf('recovery', snapshotOf(point))).toBe(await digestOf('primary', snapshotOf(point)));
    },
    20 * MINUTE,
  );

  it(
    'makes a volume of the last point when it is promoted by force, and no point of it stands in the way of its removal',
    async () => {
      const last = points.at(-1) as Carried;
      const expected = await digestOf('primary', snapshotOf(last));
      await promote(drive, last, { runId: 'run-promotion', name: 'promoted' });
      const marked = await bench.marked('target');
      const id =
        Object.keys(marked)
          .find((what) => marked[what] === 'promoted')
          ?.replace('volume ', '') ?? '';
      expect(await bench.digestOfCopy({ kind: 'volume', volumeId: id })).toBe(expected);
      await bench.clouds.target.volume.delete(`/volumes/${id}`);
      for (const { point, transferred } of points.toReversed()) await drive.discard(point, transferred.replica);
      expect(await bench.marked('source')).toEqual({});
    },
    20 * MINUTE,
  );
});
