import { RemoveStaged, StageEntities } from '@lifeboat/contracts';
import { answers, fails, given, isSupersededBy, minutes, passes } from '@lifeboat/saga-engine';
import { cleanup, failover, plannedFailover, stage, unstage } from './index.ts';

const AWAY = { kind: 'unavailable', code: 'site-away', message: 'The site does not answer.' } as const;

describe('staging', () => {
  it('asks for what a point has captured to stand at the target, calls no primary, and takes no lock', () => {
    const scenario = given(stage);
    scenario.sends(StageEntities);
    expect(scenario.asked('stage entities').data).toEqual({
      groupId: 'grp-1',
      runId: 'run-9',
      source: 'alpha',
      target: 'beta',
      metadata: 'sha256:00',
      mappings: {},
    });
    scenario.when(answers('stage entities')).ends('completed');
  });

  it('leaves what it has made when a failover takes its place', () => {
    given(stage).when(isSupersededBy('run-1')).sends().ends('undone');
    for (const [{ supersedes, aborts }, how] of [
      [failover, 'supersedes'],
      [plannedFailover, 'aborts'],
    ] as const)
      expect({ supersedes, aborts }[how]).toContain('stage');
  });

  it('is tried again while the site is away, and then given up: the next point is another try', () => {
    let scenario = given(stage, fails('stage entities', AWAY));
    for (let n = 0; n < 3; n += 1) scenario = scenario.when(passes(minutes(1))).when(fails('stage entities', AWAY));
    scenario.ends('undone');
  });

  it('ends, and what stands goes, when nothing is to be staged any more', () => {
    const scenario = given(unstage);
    expect(unstage.aborts).toEqual(['stage']);
    scenario.sends(RemoveStaged);
    expect(scenario.asked('remove staged').data).toEqual({ groupId: 'grp-1', runId: 'run-10', of: { target: 'beta' } });
    scenario.when(answers('remove staged')).ends('completed');
  });

  it('goes with what a run made, when that run had taken it up', () => {
    const scenario = given(
      cleanup,
      ...['release hold of the earlier run', 'lock group', 'remove entities'].map((step) => answers(step)),
    );
    expect(scenario.asked('remove staged').data).toMatchObject({ of: { takenUpBy: expect.any(String) } });
  });
});
