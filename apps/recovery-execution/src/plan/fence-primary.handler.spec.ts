import { FencePrimary } from '@lifeboat/contracts';
import type { WorkContext } from '@lifeboat/service-kit';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FencePrimaryHandler } from './fence-primary.handler.ts';
import { HookSequence } from './hook-sequence.ts';
import { PlansFile } from './plans-file.ts';

describe('the fence of a primary', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-fence-'));
    await writeFile(join(dir, 'called'), '');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const context = {
    signal: new AbortController().signal,
    saveMemo: () => Promise.resolve(),
  } as unknown as WorkContext;
  const fence = (...commands: readonly string[]) => {
    const note = (then: string) =>
      ['/bin/sh', '-c', `echo "$LIFEBOAT_WHEN $LIFEBOAT_SITE $LIFEBOAT_KEY" >> ${dir}/called; ${then}`] as const;
    const file = PlansFile.parse({
      commands: { power: note('echo all off'), switch: note('true'), stuck: note('echo no answer >&2; exit 1') },
    });
    const handler = new FencePrimaryHandler(
      { refuseRemoved: () => Promise.resolve() } as never,
      new HookSequence({} as never, file),
      {} as never,
    );
    return handler.work(
      { ...FencePrimary.sample, fence: commands.map((command) => ({ command })) },
      undefined,
      context,
    );
  };
  const called = async () => (await readFile(join(dir, 'called'), 'utf8')).trim().split('\n').filter(Boolean);

  it('is all that the plan names, in order, each told which site', async () => {
    expect(await fence('power', 'switch')).toMatchObject({
      done: { fenced: [{ hook: 'command power', outcome: 'done', said: 'all off' }, { hook: 'command switch' }] },
    });
    expect(await called()).toEqual(['fence alpha lifeboat:run-1:fence:0', 'fence alpha lifeboat:run-1:fence:1']);
  });

  it('is none where the plan names none', async () => {
    expect(await fence()).toMatchObject({ done: { fenced: [] } });
  });

  it('that fails says that nobody knows, and how to go on; what comes after it is not called', async () => {
    await expect(fence('stuck', 'power')).rejects.toMatchObject({
      code: 'primary-not-fenced',
      retryable: false,
      message: expect.stringContaining('alpha') as string,
      mend: expect.stringContaining('--unfenced') as string,
    });
    expect(await called()).toHaveLength(1);
  });
});
