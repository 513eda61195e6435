import { Drive } from '@lifeboat/replication-driver-api';
import type { Carried, Disk } from '@lifeboat/replication-driver-api';
import { bytesWritten, digestOf, fill } from './clouds/ceph.ts';
import { driverNamed } from './clouds/driver-on-real-clouds.ts';
import { withMirroredPools } from './clouds/mirror-bench.ts';
import { mirrorDaemon } from './clouds/mirror-daemon.ts';
import type { RealBench } from './clouds/real-bench.ts';
import { realBench } from './clouds/real-bench.ts';
import { writeLoad } from './clouds/write-load.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;
const POINTS = 10;
/** Bytes of the disk before the load begins. */
const FILLED = 128 * MIB;

const writtenSoFar = async () => ({
  primary: await bytesWritten('primary', 'volumes'),
  recovery: await bytesWritten('recovery', 'volumes'),
});

const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';
const driver = driverNamed('rbd-mirror');

const snapshotOf = ({ transferred }: Carried): string => {
  const { image, snapshot } = transferred.replica as { readonly image: string; readonly snapshot: string };
  return `volumes/${image}@${snapshot}`;
};

describe('rbd-mirror under a load of random writes', () => {
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
      await fill('primary', `volumes/volume-${disk.id}`, FILLED / MIB);
      const load = writeLoad('primary', `volumes/volume-${disk.id}`);
      const written: { readonly primary: number; readonly recovery: number }[] = [];
      for (let n = 0; n < POINTS; n++) {
        if (n === POINTS - 1) await load.stop();
        const { point, taken } = await drive.snapshot(disk, points.at(-1));
        const arriving = drive.transfer(point, taken);
        if (n === 3) await daemon.kill().then(() => daemon.start());
        points.push(await arriving);
        if (n === 0 || n === POINTS - 1) written.push(await writtenSoFar());
        if (n === 5)
          expect(await drill(points[n] as Carried)).toBe(await digestOf('primary', snapshotOf(points[n] as Carried)));
      }
      const [first, last] = written;
      if (!first || !last) throw new Error('nothing was measured');
      // What the load wrote crossed, twice for the point whose daemon was killed; nine copies of the whole would be more than nine times what was there before.
      expect(last.recovery - first.recovery).toBeLessThan(1.5 * (last.primary - first.primary) + 2 * FILLED);
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
      const promoted = await drive.promote(last, { runId: 'run-promotion', name: 'promoted' });
      expect(promoted).toMatchObject({ forced: true, lost: expect.any(String) as string });
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
