import type { ResolvedWave } from '@lifeboat/contracts';
import {
  CommitFailover,
  MaterialiseDisks,
  ProbeWave,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  RunHooks,
  VerifyWorkload,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, hours, passes, says, seconds, stepOf } from '@lifeboat/saga-engine';
import { drill } from './drill.saga.ts';
import { failover } from './failover.saga.ts';

const wave = (name: string, servers: readonly string[], more: Partial<ResolvedWave> = {}): ResolvedWave => ({
  name,
  servers: servers.map((id) => ({ id, name: id })),
  before: [],
  probes: [],
  after: [],
  ...more,
});
const data = wave('data', ['db-1', 'db-2'], {
  before: [{ command: 'open-the-books' }],
  probes: [{ tcp: { server: 'db-1', port: 5432 }, serverId: 'db-1' }],
  after: [{ request: 'shop.data-is-up' }],
  prompt: 'Has replication caught up?',
  delay: 30,
});
const WAVES = [data, wave('web', ['web-1']), wave('the rest', ['spare'])];
const withheld = (...ids: readonly string[]) => ids.map((id) => ({ kind: 'server', id }));

const RECREATED = [
  ...['lock group', 'pin recovery point', 'wait for drills'].map((step) => answers(step)),
  answers('check target', { runId: 'run-1', warnings: [], waves: WAVES }),
  ...['fence primary', 'materialise disks', 'recreate entities'].map((step) => answers(step)),
] as const;

describe('a run by a plan', () => {
  it('makes all but the servers, then starts those wave by wave, each between its hooks, probes, prompt and delay', () => {
    const scenario = given(failover, ...RECREATED.slice(0, -2))
      .sends(MaterialiseDisks)
      .when(answers('materialise disks'))
      .sends(RecreateEntities)
      .when(answers('recreate entities'))
      .sends(RunHooks)
      .when(answers('run hooks before "data"'))
      .sends(RecreateEntities)
      .when(answers('start wave "data"'))
      .sends(ProbeWave)
      .when(answers('probe wave "data"'))
      .sends(RunHooks)
      .when(answers('run hooks after "data"'))
      .sends();
    expect(stepOf(scenario.state, 'prompt "data"').held).toMatchObject({
      word: 'go-on',
      says: 'Has replication caught up?',
    });
    scenario
      .when(passes(hours(24)))
      .sends()
      .when(says('go-on'))
      .sends()
      .when(passes(seconds(30)))
      .sends(RecreateEntities)
      .when(answers('start wave "web"'))
      .sends(RecreateEntities)
      .when(answers('start wave "the rest"'))
      .sends(VerifyWorkload)
      .when(answers('verify workload'))
      .sends(CommitFailover);
    const asked = (step: string) => (scenario.asked(step).data as { readonly withheld: unknown }).withheld;
    expect(asked('recreate entities')).toEqual(withheld('db-1', 'db-2', 'web-1', 'spare'));
    expect(asked('start wave "data"')).toEqual(withheld('web-1', 'spare'));
    expect(asked('start wave "web"')).toEqual(withheld('spare'));
    expect(scenario.asked('start wave "the rest"').data).not.toHaveProperty('withheld');
  });

  it('keeps what probes and hooks said under the row that asked them', () => {
    const { state } = given(
      failover,
      ...RECREATED,
      ...['run hooks before', 'start wave', 'probe wave', 'run hooks after'].map((row) => answers(`${row} "data"`)),
    );
    expect(state.data['probe wave "data"']).toMatchObject({ probes: [{ server: 'db-1', outcome: 'passed' }] });
    expect(state.data['run hooks before "data"']).toMatchObject({ hooks: [{ outcome: 'done' }] });
  });

  it.each(['run hooks before "data"', 'start wave "data"', 'probe wave "data"', 'run hooks after "data"'])(
    'is undone as one whole when "%s" fails',
    (step) => {
      const rows = ['run hooks before "data"', 'start wave "data"', 'probe wave "data"', 'run hooks after "data"'];
      given(failover, ...RECREATED, ...rows.slice(0, rows.indexOf(step)).map((row) => answers(row)))
        .when(fails(step))
        .sends(RemoveEntities)
        .when(answers('recreate entities'))
        .sends(ReleaseDisks);
    },
  );

  it('is undone when nobody answers its prompt for a week, or somebody aborts it then', () => {
    const asking = () =>
      given(
        failover,
        ...RECREATED,
        ...['run hooks before', 'start wave', 'probe wave', 'run hooks after'].map((row) => answers(`${row} "data"`)),
      ).sends();
    asking()
      .when(passes(hours(7 * 24)))
      .sends(RemoveEntities);
    asking().when(aborts).sends(RemoveEntities);
    asking().when(says('commit')).sends();
  });

  it('tells the hooks and probes of a drill that it is cut off', () => {
    const scenario = given(
      drill,
      answers('pin recovery point'),
      answers('check target', { runId: 'run-4', warnings: [], waves: WAVES }),
      ...['materialise disks', 'recreate entities', 'run hooks before "data"', 'start wave "data"'].map((step) =>
        answers(step),
      ),
    );
    for (const step of ['run hooks before "data"', 'start wave "data"', 'probe wave "data"'])
      expect(scenario.asked(step).data).toMatchObject({ isolated: true });
  });

  it('pins its point with the plan that it was started with', () => {
    const plan = { name: 'shop', version: 3, skipPrompts: true } as const;
    const { start } = failover;
    const scenario = given(
      { ...failover, start: { ...start, sample: { ...(start.sample as object), plan } } },
      answers('lock group'),
    );
    expect(scenario.asked('pin recovery point').data).toMatchObject({ plan });
    const planWaves = [{ name: 'data', servers: [{ name: 'db-1' }] }];
    const pinned = { ...(scenario.asked('pin recovery point').command.answer.sample as object), planWaves };
    scenario.when(answers('pin recovery point', pinned), answers('wait for drills'));
    expect(scenario.asked('check target').data).toMatchObject({ waves: planWaves });
  });
});
