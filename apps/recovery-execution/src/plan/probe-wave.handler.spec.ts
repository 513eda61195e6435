import type { DataOf, ResolvedProbe } from '@lifeboat/contracts';
import { ProbeWave } from '@lifeboat/contracts';
import { MemoryLedger, registry, topology } from '@lifeboat/openstack-entity-api';
import type { WorkContext } from '@lifeboat/service-kit';
import { PlansFile } from './plans-file.ts';
import { ProbeWaveHandler } from './probe-wave.handler.ts';

const file = PlansFile.parse({ commands: { good: ['/bin/true'], bad: ['/bin/false'] } });

function handlerOn(output: string) {
  const cloud = {
    site: 'beta',
    whoAmI: () => Promise.resolve({ projectId: 'p', isAdmin: false }),
    compute: { post: (path: string) => Promise.resolve({ output: path.includes('srv-9') ? output : '' }) },
  };
  const ledger = new MemoryLedger();
  const runs = {
    refuseRemoved: () => Promise.resolve(),
    knownInput: () => Promise.resolve({}),
    rebuildOf: async () => {
      await ledger.put({ ref: { kind: 'server', id: 'srv-1' }, state: 'finished', targetId: 'srv-9', how: 'created' });
      return { cloud, ledger, topology: topology([]), registry: registry([]) };
    },
  };
  return new ProbeWaveHandler(runs as never, file);
}
const context = { signal: new AbortController().signal, saveMemo: () => Promise.resolve() } as unknown as WorkContext;
const data = (probes: readonly ResolvedProbe[], more: object = {}): DataOf<typeof ProbeWave> => ({
  ...ProbeWave.sample,
  probes: [...probes],
  ...more,
});
const console = { console: { server: 'db-1', line: 'ready' }, serverId: 'srv-1' };

describe('the probes of a wave', () => {
  it('have passed when each has, at the server that stands for theirs', async () => {
    const outcome = await handlerOn('db is ready').work(data([console, { command: 'good' }]), undefined, context);
    expect(outcome).toMatchObject({
      done: {
        probes: [
          { server: 'db-1', probe: 'console /ready/', outcome: 'passed', said: 'db is ready' },
          { probe: 'command good', outcome: 'passed' },
        ],
      },
    });
  });

  it('are asked again until then, and only those that have not passed', async () => {
    const outcome = await handlerOn('booting').work(data([console, { command: 'good' }]), undefined, context);
    const memo = (outcome as { again: Parameters<ProbeWaveHandler['work']>[1] }).again;
    expect(Object.keys(memo?.over ?? {})).toEqual(['1']);
    const later = await handlerOn('ready').work(data([console, { command: 'bad' }]), memo, context);
    expect(later).toMatchObject({ done: { probes: [{ outcome: 'passed' }, { probe: 'command good' }] } });
  });

  it('fail the wave when one has not passed in its time, and say which and why', async () => {
    const memo = { since: new Date(Date.now() - 31_000).toISOString(), over: {} };
    const probes = [{ ...console, within: 30 }];
    await expect(handlerOn('booting').work(data(probes), memo, context)).rejects.toMatchObject({
      code: 'probe-failed',
      retryable: false,
      message: expect.stringContaining('console /ready/ of db-1: its last line is: booting') as string,
    });
  });

  it('that come from outside are skipped in a drill, with the reason; the others are asked', async () => {
    const tcp = { tcp: { server: 'db-1', port: 1 }, serverId: 'srv-1' };
    const outcome = await handlerOn('ready').work(data([tcp, console], { isolated: true }), undefined, context);
    expect(outcome).toMatchObject({
      done: {
        probes: [{ outcome: 'skipped', said: expect.stringContaining('cut off') as string }, { outcome: 'passed' }],
      },
    });
  });
});
