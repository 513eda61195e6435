import { LockGroup, SwitchTraffic, UnlockGroup } from '@lifeboat/contracts';
import { aborts, answers, fails, given } from '@lifeboat/saga-engine';
import { switchTraffic } from './switch-traffic.saga.ts';

describe('switching traffic again', () => {
  it('has the switches of the earlier run done under the name of this one, which holds the group meanwhile', () => {
    const scenario = given(switchTraffic)
      .sends(LockGroup)
      .when(answers('lock group'))
      .sends(SwitchTraffic)
      .when(answers('switch traffic'))
      .sends(UnlockGroup)
      .when(answers('unlock group'))
      .ends('completed');
    expect(scenario.asked('switch traffic').data).toEqual({ groupId: 'grp-1', runId: 'run-1', again: 'run-8' });
    expect(scenario.state.data).toMatchObject({ switched: [{ outcome: 'switched' }] });
  });

  it('gives the group back where another run has it, and does not stop half-way once it has begun', () => {
    given(switchTraffic).when(fails('lock group')).sends(UnlockGroup).when(answers('lock group')).ends('undone');
    given(switchTraffic, answers('lock group')).when(aborts).sends().is('running');
  });
});
