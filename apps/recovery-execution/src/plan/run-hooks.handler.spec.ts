import type { DataOf } from '@lifeboat/contracts';
import { RunHooks } from '@lifeboat/contracts';
import type { WorkContext } from '@lifeboat/service-kit';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HookSequence } from './hook-sequence.ts';
import { PlansFile } from './plans-file.ts';
import { RunHooksHandler } from './run-hooks.handler.ts';

type Memo = Parameters<RunHooksHandler['work']>[1];

describe('the hooks of a wave', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-hooks-'));
    await writeFile(join(dir, 'called'), '');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const handler = () => {
    const note = (name: string, then: string) =>
      ['/bin/sh', '-c', `echo "${name} $LIFEBOAT_KEY" >> ${dir}/called; ${then}`] as const;
    const file = PlansFile.parse({
      commands: {
        one: note('one', 'echo done'),
        two: note('two', 'true'),
        busy: note('busy', 'exit 75'),
        broken: note('broken', 'exit 1'),
      },
    });
    return new RunHooksHandler(
      { refuseRemoved: () => Promise.resolve() } as never,
      new HookSequence({} as never, file),
    );
  };
  const called = async () => (await readFile(join(dir, 'called'), 'utf8')).trim().split('\n').filter(Boolean);
  const saved: Memo[] = [];
  const context = {
    signal: new AbortController().signal,
    saveMemo: (memo: unknown) => Promise.resolve(void saved.push(memo as Memo)),
  } as unknown as WorkContext;
  const data = (hooks: DataOf<typeof RunHooks>['hooks'], more: object = {}): DataOf<typeof RunHooks> => ({
    ...RunHooks.sample,
    hooks,
    ...more,
  });

  it('are called one after the other, and tell what they said', async () => {
    const outcome = await handler().work(data([{ command: 'one' }, { command: 'two' }]), undefined, context);
    expect(outcome).toMatchObject({
      done: { hooks: [{ hook: 'command one', outcome: 'done', said: 'done' }, { outcome: 'done' }] },
    });
    expect(await called()).toEqual(['one lifeboat:run-1:data:before:0', 'two lifeboat:run-1:data:before:1']);
  });

  it('go on after a crash with the one that was next, under the same key', async () => {
    saved.length = 0;
    const hooks = [{ command: 'one' }, { command: 'two' }];
    await handler().work(data(hooks), undefined, context);
    await handler().work(data(hooks), saved.at(-1), context);
    expect(await called()).toEqual([
      'one lifeboat:run-1:data:before:0',
      'two lifeboat:run-1:data:before:1',
      'two lifeboat:run-1:data:before:1',
    ]);
  });

  it('are asked again while they want to be, and have failed when their time is over', async () => {
    const busy = data([{ command: 'busy', within: 60 }]);
    const outcome = await handler().work(busy, undefined, context);
    expect(outcome).toMatchObject({ again: { results: [] } });
    const late = { results: [], since: new Date(Date.now() - 61_000).toISOString() };
    await expect(handler().work(busy, late, context)).rejects.toMatchObject({ code: 'hook-not-yet', retryable: false });
  });

  it('stop at the first that fails, and say which wave it was', async () => {
    await expect(
      handler().work(data([{ command: 'broken' }, { command: 'two' }]), undefined, context),
    ).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringContaining('Wave "data", before') as string,
    });
    expect(await called()).toHaveLength(1);
  });

  it('are left out of drills where the plan says so', async () => {
    const hooks = [{ command: 'one', inDrills: 'skip' as const }, { command: 'two' }];
    const outcome = await handler().work(data(hooks, { isolated: true }), undefined, context);
    expect(outcome).toMatchObject({ done: { hooks: [{ outcome: 'skipped' }, { outcome: 'done' }] } });
    expect(await called()).toEqual(['two lifeboat:run-1:data:before:1']);
  });
});
