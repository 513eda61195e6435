import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWhenSeen } from './seen.ts';

describe('a device that is about to appear', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-seen-spec-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is opened as soon as it is there', async () => {
    const [disk, link] = [join(folder, 'disk'), join(folder, 'virtio-1')];
    await writeFile(disk, Buffer.alloc(4096, 7));
    const opening = openWhenSeen(link, { withinMs: 10_000 });
    await symlink(disk, link);
    await using device = await opening;
    expect(device.size).toBe(4096);
  });

  it('is missed after its time, and may be looked for again', () =>
    expect(openWhenSeen(join(folder, 'virtio-1'), { withinMs: 60 })).rejects.toMatchObject({
      code: 'device-not-seen',
      retryable: true,
      mend: expect.stringContaining('/dev/disk/by-id') as string,
    }));

  it('is not waited for when the work is taken away', () =>
    expect(
      openWhenSeen(join(folder, 'virtio-1'), { withinMs: 60_000, signal: AbortSignal.timeout(30) }),
    ).rejects.toThrow());

  it('is not waited for where something else stands in its place', () =>
    expect(openWhenSeen(folder, { withinMs: 60_000 })).rejects.toMatchObject({ code: 'not-a-device' }));
});
