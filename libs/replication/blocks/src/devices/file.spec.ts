import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from './file.ts';

describe('a file as a device', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-file-spec-'));
    path = join(folder, 'disk');
    await writeFile(path, Buffer.alloc(3_000_000, 7));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads, writes and zeroes any range, and keeps its size', async () => {
    await using device = await openFile(path, { writable: true });
    expect(device.size).toBe(3_000_000);
    await Promise.all([
      device.write(10, Buffer.from('ten')),
      device.zero(1_000_000, 2_000_000),
      device.write(20, Buffer.from('x')),
    ]);
    await device.flush();
    const expected = Buffer.concat([Buffer.alloc(1_000_000, 7), Buffer.alloc(2_000_000)]);
    expected.write('ten', 10);
    expected.write('x', 20);
    expect((await readFile(path)).equals(expected)).toBe(true);
    const read = Buffer.alloc(3_000_000);
    await device.read(0, read);
    expect(read.equals(expected)).toBe(true);
  });

  it('refuses what does not fit, and writes where it was opened to be read', async () => {
    await using device = await openFile(path);
    await expect(device.read(2_999_999, Buffer.alloc(2))).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(device.write(0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'device-read-only' });
  });

  it('rejects what is under way when it is closed, and all that comes after', async () => {
    const device = await openFile(path);
    const reading = Promise.allSettled(Array.from({ length: 20 }, () => device.read(0, Buffer.alloc(3_000_000))));
    await device.close();
    await device.close();
    for (const read of await reading)
      if (read.status === 'rejected') expect(read.reason).toMatchObject({ kind: 'unavailable', code: 'device-lost' });
    await expect(device.read(0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'device-lost' });
  });

  it.each([
    ['what is not there', () => `${path}-not`, 'device-not-found'],
    ['a folder', () => folder, 'not-a-device'],
    ['a device that has no size', () => '/dev/null', 'not-a-device'],
  ])('refuses %s', async (_, at, code) => {
    await expect(openFile(at())).rejects.toMatchObject({ code });
    await expect(openFile(at(), { writable: true })).rejects.toMatchObject({ code });
  });
});
