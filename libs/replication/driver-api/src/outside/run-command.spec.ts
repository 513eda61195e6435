import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from './run-command.ts';

const how = (more: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}) => ({
  what: 'Hook "shop", lag',
  env: { LIFEBOAT_VERB: 'lag' },
  timeoutMs: 10_000,
  signal: new AbortController().signal,
  ...more,
});
const sh = (script: string, more: Parameters<typeof how>[0] = {}) => runCommand(['/bin/sh', '-c', script], how(more));

describe('a command of a hook', () => {
  it('is told what it is asked, and nothing of what the worker knows', async () => {
    process.env['LIFEBOAT_SECRET_OF_WORKER'] = 'hush';
    const environment = await sh('env');
    delete process.env['LIFEBOAT_SECRET_OF_WORKER'];
    expect(environment).toContain('LIFEBOAT_VERB=lag');
    expect(environment).not.toContain('hush');
  });

  it('gets its arguments as they are: no shell reads them', async () => {
    expect(await runCommand(['/bin/echo', '$(id); *'], how())).toBe('$(id); *\n');
  });

  it('fails with the end of what it said, however much that was', async () => {
    const failing = sh('head -c 300000 /dev/zero | tr "\\0" x; echo; echo "no standby" >&2; exit 3');
    await expect(failing).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringMatching(/with 3.*no standby/s),
    });
    const said: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(String(said).length).toBeLessThan(4_400);
  });

  it('is asked again when it ends with 75', async () => {
    await expect(sh('exit 75')).rejects.toMatchObject({ code: 'hook-not-yet', retryable: true });
  });

  it('is refused with the reason when it cannot be started', async () => {
    await expect(runCommand(['/no/such/program'], how())).rejects.toMatchObject({
      code: 'hook-not-run',
      retryable: false,
    });
  });

  it('is ended with all that it began when its time is over, or when the work is taken away', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'lifeboat-hook-'));
    const file = join(dir, 'ticks');
    await writeFile(file, '');
    const ticking = `(trap '' TERM; while :; do echo x >> ${file}; sleep 0.05; done) & wait`;
    await expect(sh(ticking, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'hook-timed-out' });
    const taken = new AbortController();
    const running = sh(ticking, { signal: taken.signal });
    await pause(100);
    taken.abort();
    await expect(running).rejects.toThrow();
    const ticks = await readFile(file, 'utf8');
    await pause(200);
    expect(await readFile(file, 'utf8')).toBe(ticks);
    await rm(dir, { recursive: true });
  }, 20_000);
});
