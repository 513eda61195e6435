import type { Extent, RbdImage } from '@lifeboat/replication-blocks';
import { openRbd, rbd, rbdDiff } from '@lifeboat/replication-blocks';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cluster, exported, MIB, ScratchImages, scribble, specOf, takeSnapshot } from './scratch-image.ts';

const MIBS = 32;
const MINUTE = 60_000;

async function diff(image: RbdImage, size: number, since?: string): Promise<readonly Extent[]> {
  const found: Extent[] = [];
  for await (const extent of rbdDiff(image, { size, ...(since !== undefined && { since }) })) found.push(extent);
  return found;
}

/** What a target that had `before` has after the extents were copied out of `after`. */
function patched(before: Buffer, after: Buffer, extents: readonly Extent[]): Buffer {
  const bytes = Buffer.concat([before, Buffer.alloc(Math.max(0, after.length - before.length))]).subarray(
    0,
    after.length,
  );
  for (const { offset, length } of extents) after.copy(bytes, offset, offset, offset + length);
  return bytes;
}

async function throughDevice(image: RbdImage): Promise<Buffer> {
  await using device = await openRbd(image);
  const bytes = Buffer.alloc(device.size, 1);
  const reads = Array.from({ length: bytes.length / MIB }, (_, n) =>
    device.read(n * MIB, bytes.subarray(n * MIB, (n + 1) * MIB)),
  );
  await Promise.all(reads);
  return bytes;
}

/** The qemu-nbd that this process has started. */
async function ownQemu(): Promise<number> {
  for (const pid of await readdir('/proc')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat.includes('(qemu-nbd)') && stat.split(') ')[1]?.split(' ')[1] === String(process.pid)) return Number(pid);
  }
  throw new Error('There is no qemu-nbd of ours.');
}

describe('an image of a real Ceph cluster', () => {
  const images = new ScratchImages();
  afterAll(() => images.remove(), 3 * MINUTE);

  it(
    'has at every snapshot the bytes that were written through the device, and changed where the diff says',
    async () => {
      const image = await images.create(MIBS);
      const model = Buffer.alloc(MIBS * MIB);
      let before: Buffer = Buffer.alloc(model.length);
      for (const [n, since] of [undefined, 's0', 's1', 's2'].entries()) {
        await scribble(image, model);
        const point = await takeSnapshot(image, `s${n}`);
        const after = await exported(point);
        expect(after.equals(model)).toBe(true);
        expect((await throughDevice(point)).equals(model)).toBe(true);
        const extents = await diff(point, model.length, since);
        expect(patched(before, after, extents).equals(after)).toBe(true);
        expect(extents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(model.length);
        before = after;
      }
      expect(await diff({ ...image, snapshot: 's3' }, model.length, 's3')).toEqual([]);
    },
    5 * MINUTE,
  );

  it(
    'that is a clone has the bytes of its parent, and all of them count as allocated',
    async () => {
      const parent = await images.create(MIBS);
      const model = Buffer.alloc(MIBS * MIB);
      await scribble(parent, model, 10);
      const point = await takeSnapshot(parent, 'origin');
      await rbd(cluster, ['snap', 'protect', specOf(point)]);
      const clone = images.named();
      await rbd(cluster, ['clone', specOf(point), specOf(clone)]);
      await scribble(clone, model, 10);
      const cloned = await takeSnapshot(clone, 's0');
      expect((await throughDevice(cloned)).equals(model)).toBe(true);
      expect(patched(Buffer.alloc(model.length), model, await diff(cloned, model.length)).equals(model)).toBe(true);
    },
    3 * MINUTE,
  );

  it(
    'that has grown and shrunk between two snapshots is told within its size',
    async () => {
      const image = await images.create(MIBS);
      let model: Buffer = Buffer.alloc(MIBS * MIB);
      await scribble(image, model, 20);
      let before = await exported(await takeSnapshot(image, 's0'));
      for (const [n, mibs] of [MIBS + 8, MIBS - 8].entries()) {
        await rbd(cluster, ['resize', '--no-progress', '--allow-shrink', '--size', `${mibs}M`, specOf(image)]);
        model = patched(model, Buffer.alloc(mibs * MIB), []);
        await scribble(image, model, 10);
        const point = await takeSnapshot(image, `s${n + 1}`);
        expect((await throughDevice(point)).equals(model)).toBe(true);
        expect(patched(before, model, await diff(point, model.length, `s${n}`)).equals(model)).toBe(true);
        before = model;
      }
      await expect(diff({ ...image, snapshot: 's2' }, MIB)).rejects.toMatchObject({ code: 'rbd-diff-unreadable' });
    },
    3 * MINUTE,
  );

  it(
    'whose qemu-nbd is killed is lost, for what is under way and what comes after',
    async () => {
      const image = await images.create(MIBS);
      await scribble(image, Buffer.alloc(MIBS * MIB));
      await using device = await openRbd(image);
      const reading = Promise.allSettled(
        Array.from({ length: MIBS * 8 }, (_, n) => device.read((n % MIBS) * MIB, Buffer.alloc(MIB))),
      );
      process.kill(await ownQemu(), 'SIGKILL');
      for (const one of await reading)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'unavailable', code: 'device-lost' });
      await expect(device.read(0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'device-lost' });
    },
    MINUTE,
  );

  it(
    'tells apart what is not there, what is not allowed and what does not answer',
    async () => {
      const image = await images.create(MIBS);
      const missing = { ...image, image: `${image.image}-not` };
      await expect(openRbd(missing)).rejects.toMatchObject({ kind: 'not-found', code: 'device-not-found' });
      await expect(openRbd({ ...image, snapshot: 'none' })).rejects.toMatchObject({ code: 'device-not-found' });
      await expect(rbd(cluster, ['info', specOf(missing)])).rejects.toMatchObject({ code: 'rbd-image-not-found' });
      await expect(rbd(cluster, ['info', 'no-pool/x'])).rejects.toMatchObject({ code: 'ceph-pool-not-found' });
      await expect(diff(image, MIBS * MIB, 'none')).rejects.toMatchObject({ code: 'rbd-image-not-found' });
      await expect(rbd(cluster, ['create', '--size', '1M', specOf(image)])).rejects.toMatchObject({
        code: 'ceph-exists',
      });
      const reader = { ...cluster, user: 'glance' };
      await expect(rbd(reader, ['create', '--size', '1M', specOf(missing)])).rejects.toMatchObject({
        code: 'ceph-forbidden',
      });
    },
    MINUTE,
  );

  it(
    'in a cluster that does not answer is given up at the deadline',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'lifeboat-ceph-spec-'));
      const conf = join(folder, 'silent.conf');
      const keyring = '/etc/ceph/primary.client.cinder.keyring';
      await writeFile(conf, '[global]\nmon_host = 127.0.0.1:3999\n');
      const silent = { conf, user: 'cinder', keyring };
      const image = { cluster: silent, pool: 'volumes', image: 'x' };
      await expect(openRbd(image, { timeoutMs: 1_000 })).rejects.toMatchObject({
        kind: 'timeout',
        code: 'device-timeout',
      });
      await expect(rbd(silent, ['ls', 'volumes'], { timeoutMs: 1_000 })).rejects.toMatchObject({
        code: 'ceph-timeout',
      });
      await expect(rbd(silent, ['ls', 'volumes'])).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'ceph-unreachable',
      });
      await rm(folder, { recursive: true });
    },
    MINUTE,
  );
});
