import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rbd, rbdJson } from './ceph.ts';

/** `rbd` is a script of ours here: what the real one does is tried on the real clusters. */
describe('a command of rbd', () => {
  const cluster = { conf: '/etc/ceph/alpha.conf', user: 'cinder', keyring: '/etc/ceph/k' };
  const path = process.env['PATH'];
  let folder: string;
  // In its place at once: one that was called off may still be about to run the last.
  const isScript = async (text: string): Promise<void> => {
    await writeFile(join(folder, 'new'), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
    await rename(join(folder, 'new'), join(folder, 'rbd'));
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-rbd-'));
    process.env['PATH'] = `${folder}:${path}`;
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });

  it('answers what was written to stdout, and says which cluster by arguments', async () => {
    await isScript('echo "$@"');
    expect(await rbd(cluster, ['ls', 'volumes'])).toBe(
      '--conf /etc/ceph/alpha.conf --id cinder --keyring /etc/ceph/k --client_mount_timeout=15 ls volumes\n',
    );
  });

  it('does not see what else is in our environment', async () => {
    process.env['LIFEBOAT_TEST_SECRET'] = 'hush';
    await isScript('env');
    expect(await rbd(cluster, [])).not.toContain('hush');
    delete process.env['LIFEBOAT_TEST_SECRET'];
  });

  it('is killed at its deadline', async () => {
    await isScript('exec sleep 60');
    await expect(rbd(cluster, ['rm', 'p/i'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'ceph-timeout' });
  });

  it('is killed when it is aborted, with the reason of that', async () => {
    await isScript('exec sleep 60');
    const gone = new Error('nobody needs it');
    const abort = new AbortController();
    const running = rbd(cluster, ['rm', 'p/i'], { signal: abort.signal });
    abort.abort(gone);
    await expect(running).rejects.toBe(gone);
  });

  it('that answers no JSON where JSON was asked for is an error', async () => {
    await isScript('echo "["');
    await expect(rbdJson(cluster, ['info', 'p/i'])).rejects.toMatchObject({ code: 'ceph-answer-unreadable' });
  });

  it('that is not installed is an error that says the package', async () => {
    process.env['PATH'] = '/nowhere:/usr/sbin';
    await expect(rbd(cluster, ['ls'])).rejects.toMatchObject({ code: 'program-missing' });
    process.env['PATH'] = `${folder}:${path}`;
  });
});
