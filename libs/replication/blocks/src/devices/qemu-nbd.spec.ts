import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Extent } from '../device.ts';
import { openQemu } from './qemu-nbd.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

// Debian: qemu-utils. Without it there is nothing here to talk to.
const there = spawnSync('qemu-nbd', ['--version']).status === 0;
if (!there) console.log('qemu-nbd is not installed: the tests of devices behind it are skipped.');

(there ? describe : describe.skip)('a device behind qemu-nbd', () => {
  let folder: string;
  let path: string;
  const raw = () => ({ kind: 'file', path, format: 'raw' }) as const;
  const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('lifeboat-nbd-'));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-qemu-spec-'));
    path = join(folder, 'disk');
    await writeFile(path, '');
    await truncate(path, 64 * MIB);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads and writes any range, many at once, and is durable in the file after a flush', async () => {
    const expected = Buffer.alloc(64 * MIB);
    await using device = await openQemu(raw(), { writable: true });
    expect(device.size).toBe(64 * MIB);
    const places = Array.from({ length: 200 }, (_, index) => ({
      offset: index * 300_007,
      bytes: randomBytes(1 + index * 7),
    }));
    await Promise.all(places.map(({ offset, bytes }) => device.write(offset, bytes)));
    for (const { offset, bytes } of places) bytes.copy(expected, offset);
    await device.flush();
    expect((await readFile(path)).equals(expected)).toBe(true);
    const read = Buffer.alloc(64 * MIB, 1);
    await Promise.all(
      Array.from({ length: 64 }, (_, index) => device.read(index * MIB, read.subarray(index * MIB, (index + 1) * MIB))),
    );
    expect(read.equals(expected)).toBe(true);
  });

  it('carries more than one request may carry', async () => {
    const bytes = randomBytes(50 * MIB);
    await using device = await openQemu(raw(), { writable: true });
    await device.write(12_345, bytes);
    const read = Buffer.alloc(bytes.length);
    await device.read(12_345, read);
    expect(read.equals(bytes)).toBe(true);
  });

  it('reads zeroes where it was told to', async () => {
    await using device = await openQemu(raw(), { writable: true });
    await device.write(0, Buffer.alloc(4 * MIB, 7));
    await device.zero(100, 3 * MIB);
    const read = Buffer.alloc(4 * MIB, 1);
    await device.read(0, read);
    expect(read.equals(Buffer.concat([Buffer.alloc(100, 7), Buffer.alloc(3 * MIB), Buffer.alloc(MIB - 100, 7)]))).toBe(
      true,
    );
  });

  it('tells where it has bytes', async () => {
    await using device = await openQemu(raw(), { writable: true });
    await device.write(8 * MIB, Buffer.alloc(MIB, 7));
    await device.write(9 * MIB, Buffer.alloc(MIB, 7));
    await device.write(63 * MIB, Buffer.alloc(MIB, 7));
    await device.flush();
    const found: Extent[] = [];
    for await (const extent of device.allocated()) found.push(extent);
    expect(found).toEqual([
      { offset: 8 * MIB, length: 2 * MIB },
      { offset: 63 * MIB, length: MIB },
    ]);
  });

  it('opens what is in a file of another format', async () => {
    const image = join(folder, 'disk.qcow2');
    spawnSync('qemu-img', ['create', '-f', 'qcow2', image, '1G']);
    await using device = await openQemu({ kind: 'file', path: image, format: 'qcow2' }, { writable: true });
    await device.write(512 * MIB, Buffer.from('far away'));
    const read = Buffer.alloc(8);
    await device.read(512 * MIB, read);
    expect([device.size, read.toString()]).toEqual([1024 * MIB, 'far away']);
  });

  it('refuses to write what was opened to be read, and what lies beyond its end', async () => {
    await using device = await openQemu(raw());
    await expect(device.write(0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'device-read-only' });
    await expect(device.read(64 * MIB - 1, Buffer.alloc(2))).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(device.read(-1, Buffer.alloc(2))).rejects.toMatchObject({ code: 'out-of-range' });
  });

  it('rejects what is under way when it is closed, and leaves nothing behind', async () => {
    await writeFile(path, randomBytes(64 * MIB));
    const before = await leftovers();
    const device = await openQemu(raw());
    const reads = Array.from({ length: 64 }, (_, index) => device.read(index * MIB, Buffer.alloc(MIB)));
    const settled = Promise.allSettled(reads);
    await device.close();
    await device.close();
    const lost = (await settled).filter((one) => one.status === 'rejected').map(({ reason }) => reason as Error);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost).toEqual(lost.map(() => expect.objectContaining({ kind: 'unavailable', code: 'device-lost' })));
    await expect(device.read(0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'device-lost' });
    expect(await leftovers()).toEqual(before);
  });

  it('that is not there, or is in use, is an error with the words of QEMU', async () => {
    const before = await leftovers();
    await expect(openQemu({ kind: 'file', path: `${path}-not`, format: 'raw' })).rejects.toMatchObject({
      code: 'device-not-found',
      message: expect.stringContaining('No such file or directory') as string,
    });
    await using device = await openQemu(raw(), { writable: true });
    await expect(openQemu(raw(), { writable: true })).rejects.toMatchObject({ code: 'device-busy' });
    expect(await leftovers()).toHaveLength(before.length + 1);
    await device.flush();
  });

  it('whose storage does not answer is given up at the deadline', async () => {
    // An iSCSI portal that takes connections and says nothing.
    const { createServer } = await import('node:net');
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const iscsi = {
      kind: 'iscsi',
      at: { portal: `127.0.0.1:${port}`, iqn: 'iqn.2010-10.org.openstack:x', lun: 1 },
    } as const;
    await expect(openQemu(iscsi, { timeoutMs: 500 })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'device-timeout',
    });
    const abort = new AbortController();
    const opening = openQemu(iscsi, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    silent.close();
  });
});
