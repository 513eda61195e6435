import { QuarantineSource } from '@lifeboat/contracts';
import { answers, fails, given, passes, seconds } from '@lifeboat/saga-engine';
import { quarantine } from './quarantine.saga.ts';

const AWAY = { kind: 'unavailable', code: 'site-away', message: 'The site does not answer.' } as const;

describe('a quarantine', () => {
  it('stops what the group has left, sets its ports down, and says who may have served on both sides', () => {
    const scenario = given(quarantine).sends(QuarantineSource);
    expect(scenario.asked('quarantine').data).toEqual({
      groupId: 'grp-1',
      runId: 'run-8',
      ofRunId: 'run-1',
      source: 'alpha',
      since: '2026-01-01T01:00:00.000Z',
      portsDown: true,
    });
    scenario.when(answers('quarantine')).ends('completed');
    expect(scenario.state.data).toMatchObject({ servedByBoth: [{ id: 'srv-1' }] });
  });

  it('goes on by itself when the site is away again in the midst of it, and asks a person in the end', () => {
    const scenario = given(quarantine, fails('quarantine', AWAY));
    for (let n = 0; n < 20; n++)
      scenario
        .when(passes(seconds(30)))
        .sends(QuarantineSource)
        .when(fails('quarantine', AWAY));
    scenario.asksOperator('quarantine');
  });
});
