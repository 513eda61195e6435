import { Drive } from '@lifeboat/replication-driver-api';
import type { Bench, Carried, Disk } from '@lifeboat/replication-driver-api';
import { randomUUID } from 'node:crypto';
import { bytesWritten, digestOf, fill, isMirrored, parentOf } from './clouds/ceph.ts';
import { driverNamed } from './clouds/driver-on-real-clouds.ts';
import { withMirroredPools } from './clouds/mirror-bench.ts';
import type { RealBench } from './clouds/real-bench.ts';
import { realBench } from './clouds/real-bench.ts';
import { until } from './clouds/until.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;
/** Bytes of a disk that do not change: what is copied again whole is more than this. */
const FILLED = 96 * MIB;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';
const driver = driverNamed('rbd-mirror');

const imageOf = (id: string): string => `volumes/volume-${id}`;
const snapshotOf = ({ transferred }: Carried): string => {
  const { image, snapshot } = transferred.replica as { readonly image: string; readonly snapshot: string };
  return `volumes/${image}@${snapshot}`;
};

/** The same two clouds after a promotion: what was the recovery site is protected to the old primary. */
const theOtherWay = ({ clouds, facts, ...rest }: RealBench): Bench => ({
  ...rest,
  clouds: { source: clouds.target, target: clouds.source },
  facts: { source: facts.target, target: facts.source },
});

describe('rbd-mirror promoted on real clouds', () => {
  let bench: RealBench;
  let drive: Drive;

  beforeAll(async () => {
    bench = withMirroredPools(await realBench(file, 'volume', 'admin'));
    drive = new Drive(driver, bench);
  }, 5 * MINUTE);
  afterAll(() => bench.stop(), 5 * MINUTE);

  async function protectedDisk(): Promise<{ disk: Disk; carried: Carried }> {
    const disk = await bench.disk();
    await fill('primary', imageOf(disk.id), FILLED / MIB);
    return { disk, carried: await drive.carry(disk) };
  }

  /** A volume that shares its blocks with the image it was made from. */
  async function fromImage(): Promise<{ disk: Disk; cloudImage: string }> {
    const { volume, image } = bench.clouds.source;
    const { images } = await image.get<{ images: { id: string }[] }>('/images', { query: { name: 'guest' } });
    const imageRef = images[0]?.id ?? '';
    const made = await volume.post<{ volume: { id: string } }>('/volumes', {
      volume: { size: 1, name: 'boot', volume_type: 'standard', imageRef },
    });
    const { id } = made.volume;
    const status = async (): Promise<string> =>
      (await volume.get<{ volume: { status: string } }>(`/volumes/${id}`)).volume.status;
    await until('volume', /available/, status);
    const disk: Disk = {
      kind: 'volume',
      id,
      name: 'boot',
      sizeGiB: 1,
      volumeType: 'standard',
      bootable: true,
      encrypted: false,
      multiattach: false,
      status: 'available',
    };
    return { disk, cloudImage: imageRef };
  }

  /** The volume that Cinder of the recovery site made of the replica itself. */
  async function adopted(): Promise<string> {
    const marked = Object.entries(await bench.marked('target')).filter(([, purpose]) => purpose === 'promoted');
    expect(marked).toHaveLength(1);
    return String(marked[0]?.[0]).replace('volume ', '');
  }

  /** A point of the promoted volume, carried to the old primary; answers what was written into the pool there for it. */
  async function carriedBack(disk: Disk, id: string): Promise<number> {
    const back = new Drive(driver, theOtherWay(bench));
    const before = await bytesWritten('primary', 'volumes');
    const { status: _, ...rest } = disk;
    const carried = await back.carry({ ...rest, id, status: 'available' });
    const written = (await bytesWritten('primary', 'volumes')) - before;
    expect(await digestOf('primary', snapshotOf(carried))).toBe(await digestOf('recovery', snapshotOf(carried)));
    await back.discard(carried.point, carried.transferred.replica);
    expect(await isMirrored('recovery', imageOf(id))).toBe(false);
    await bench.clouds.target.volume.delete(`/volumes/${id}`);
    return written;
  }

  it(
    'demotes, promotes and adopts as planned, with what was written after the last point, and goes back by difference',
    async () => {
      const { disk, carried } = await protectedDisk();
      await bench.write(disk);
      const expected = await bench.digest(disk);
      const copy = { runId: `run-${randomUUID()}`, name: 'promoted' };
      expect(await drive.promote(carried, copy, true)).toEqual({ forced: false });
      const id = await adopted();
      expect(await digestOf('recovery', imageOf(id))).toBe(expected);
      expect(await drive.promote(carried, copy, true)).toEqual({ forced: false });
      expect(await adopted()).toBe(id);
      expect(await drive.reverse(carried)).toEqual({ full: false });
      await bench.writeCopy?.({ kind: 'volume', volumeId: id });
      expect(await carriedBack(disk, id)).toBeLessThan(FILLED / 2);
    },
    15 * MINUTE,
  );

  it(
    'promotes by force what the newest point has, with the primary lost; after the split brain the old primary is made again, whole',
    async () => {
      const { disk, carried } = await protectedDisk();
      const expected = await digestOf('primary', snapshotOf(carried));
      await bench.write(disk);
      const copy = { runId: `run-${randomUUID()}`, name: 'promoted' };
      expect(await drive.promote(carried, copy)).toEqual({ forced: true, lost: expect.any(String) as string });
      expect(drive.forbiddenCalls).toBe(0);
      const id = await adopted();
      expect(await digestOf('recovery', imageOf(id))).toBe(expected);
      await bench.write(disk);
      await bench.writeCopy?.({ kind: 'volume', volumeId: id });
      const before = await bytesWritten('primary', 'volumes');
      expect(await drive.reverse(carried)).toEqual({ full: true, why: expect.any(String) as string });
      await carriedBack(disk, id);
      expect((await bytesWritten('primary', 'volumes')) - before).toBeGreaterThanOrEqual(FILLED);
    },
    15 * MINUTE,
  );

  it(
    'lets a run go on serving from its copy when the replica is promoted by force, and removes all of it',
    async () => {
      const { disk, carried } = await protectedDisk();
      const copy = { runId: `run-${randomUUID()}`, name: 'copy' };
      const made = await drive.materialise(carried, copy);
      const expected = await bench.digestOfCopy(made);
      expect(await drive.promote(carried, copy)).toMatchObject({ forced: true });
      expect(Object.values(await bench.marked('target'))).not.toContain('promoted');
      expect(await bench.digestOfCopy(made)).toBe(expected);
      await drive.release(carried.point, copy);
      await drive.discard(carried.point, carried.transferred.replica, true);
      await drive.discard(carried.point, carried.transferred.replica);
      expect(await bench.marked('target')).toEqual({});
      expect(await isMirrored('primary', imageOf(disk.id))).toBe(false);
    },
    15 * MINUTE,
  );

  it(
    'parts a volume that was made from an image from it, once, before it mirrors',
    async () => {
      const { cloudImage, disk } = await fromImage();
      expect(await parentOf('primary', imageOf(disk.id))).toBe(cloudImage);
      const carried = await drive.carry(disk);
      expect(await parentOf('primary', imageOf(disk.id))).toBeUndefined();
      expect(await digestOf('recovery', snapshotOf(carried))).toBe(await bench.digest(disk));
      await drive.discard(carried.point, carried.transferred.replica);
      expect(await isMirrored('primary', imageOf(disk.id))).toBe(false);
    },
    15 * MINUTE,
  );

  it(
    'goes on mirroring while a drill serves from a copy: the next point is a difference',
    async () => {
      const { disk, carried } = await protectedDisk();
      const copy = { runId: `run-${randomUUID()}`, name: 'drill' };
      const made = await drive.materialise(carried, copy);
      await bench.writeCopy?.(made);
      await bench.write(disk);
      const before = await bytesWritten('recovery', 'volumes');
      const next = await drive.carry(disk, carried);
      expect((await bytesWritten('recovery', 'volumes')) - before).toBeLessThan(FILLED / 2);
      expect(await digestOf('recovery', snapshotOf(next))).toBe(await bench.digest(disk));
      await drive.release(carried.point, copy);
      for (const { point, transferred } of [next, carried]) await drive.discard(point, transferred.replica);
      expect([await bench.marked('source'), await bench.marked('target')]).toEqual([{}, {}]);
    },
    15 * MINUTE,
  );
});
