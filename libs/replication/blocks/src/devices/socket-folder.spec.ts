import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { socketFolder, sweep } from './socket-folder.ts';

describe('folders of sockets', () => {
  it('of workers that were killed are swept, with the secrets in them, and nobody else of them', async () => {
    const own = await socketFolder();
    expect((await stat(own)).mode & 0o777).toBe(0o700);
    const owners = basename(own).replace(/\d+-[^-]*$/, '');
    const dead = spawnSync('true').pid;
    const left = join(tmpdir(), `${owners}${dead}-abcdef`);
    const elsewhere = join(tmpdir(), `lifeboat-nbd-1-${dead}-abcdef`);
    for (const folder of [left, elsewhere]) await mkdir(folder);
    await writeFile(join(left, 'chap'), 'secret');
    await sweep(owners);
    const there = await readdir(tmpdir());
    expect([left, elsewhere, own].map((folder) => there.includes(basename(folder)))).toEqual([false, true, true]);
    for (const folder of [elsewhere, own]) await rm(folder, { recursive: true });
  });
});
