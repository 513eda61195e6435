import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLeases, writeLeases } from './leases-file.ts';

describe('the file of leases', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-leases-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const lease = {
    groupId: 'shop',
    fenceToken: 1,
    ttlSeconds: 60,
    sentUpMs: 1,
    sentWallMs: 2,
    servers: [{ id: 'srv-1', name: 'web-1' }],
    stopped: [],
  };

  it('is read as it was written last, is for its owner alone, and leaves nothing beside it', async () => {
    const path = join(dir, 'leases.json');
    expect(await readLeases(path)).toBeUndefined();
    await writeLeases(path, { boot: 'b1', leases: [] });
    await writeLeases(path, { boot: 'b1', leases: [lease] });
    expect(await readLeases(path)).toEqual({ boot: 'b1', leases: [lease] });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['leases.json']);
  });

  it('that holds something else is refused, not taken for none', async () => {
    const path = join(dir, 'leases.json');
    await writeFile(path, '{"leases": [');
    await expect(readLeases(path)).rejects.toMatchObject({ code: 'leases-file-malformed' });
  });
});
