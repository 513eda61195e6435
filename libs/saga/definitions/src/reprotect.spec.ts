import {
  LockGroup,
  QuarantineSource,
  ReverseDisks,
  ReverseGroup,
  TraceOrigins,
  UnlockGroup,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, passes, seconds } from '@lifeboat/saga-engine';
import { reprotect } from './reprotect.saga.ts';

const AWAY = { kind: 'unavailable', code: 'site-away', message: 'The site does not answer.' } as const;
const QUARANTINED = [answers('lock group'), answers('trace origins'), answers('quarantine')] as const;

describe('a re-protection', () => {
  it('keeps what stands for what, stops what the group has left, and turns the group round, then its disks', () => {
    given(reprotect)
      .sends(LockGroup)
      .when(answers('lock group'))
      .sends(TraceOrigins)
      .when(answers('trace origins'))
      .sends(QuarantineSource)
      .when(answers('quarantine'))
      .sends(ReverseGroup)
      .when(answers('reverse group'))
      .sends(ReverseDisks)
      .when(answers('reverse disks'))
      .sends(UnlockGroup)
      .when(answers('unlock group'))
      .ends('completed');
  });

  it('has the disks of the run by which the group serves turned round, with the sites as they were then', () => {
    const scenario = given(reprotect, ...QUARANTINED, answers('reverse group'), answers('reverse disks'));
    expect(scenario.asked('reverse disks').data).toMatchObject({ ofRunId: 'run-1', source: 'alpha', target: 'beta' });
    expect(scenario.state.data).toMatchObject({
      reversed: [{ name: 'data', driver: 'block-stream', copy: 'deltas' }],
    });
  });

  it('stops servers at the site that was left, and at no other, from the commit on', () => {
    expect(given(reprotect, ...QUARANTINED).asked('quarantine').data).toMatchObject({
      ofRunId: 'run-1',
      source: 'alpha',
      since: '2026-01-01T01:00:00.000Z',
    });
  });

  it('protects from where the group runs to where it came from, with the members that it has there', () => {
    const members = { ids: [{ kind: 'server', id: 'there' }] };
    const scenario = given(
      reprotect,
      answers('lock group', { groupId: 'grp-1', runId: 'run-6', fenceToken: 7, purpose: 'reprotect' }),
      answers('trace origins', { runId: 'run-6', traced: 1, members, lost: [] }),
      answers('quarantine'),
    );
    expect(scenario.asked('reverse group').data).toMatchObject({
      fenceToken: 7,
      primary: 'beta',
      recovery: 'alpha',
      members,
    });
  });

  it('says who may have served on both sides, and since when', () => {
    expect(given(reprotect, ...QUARANTINED).state.data).toMatchObject({
      stopped: [{ kind: 'server', id: 'srv-1', name: 'web' }],
      servedByBoth: [{ id: 'srv-1', from: '2026-01-01T01:00:00.000Z', until: '2026-01-02T00:00:00.000Z' }],
    });
  });

  it('lets the group go when the site that it came from stays away, and has changed nothing of it', () => {
    const scenario = given(reprotect, answers('lock group'), answers('trace origins'), fails('quarantine', AWAY));
    for (let n = 0; n < 3; n++)
      scenario
        .when(passes(seconds(10)))
        .sends(QuarantineSource)
        .when(fails('quarantine', AWAY));
    scenario.sends(UnlockGroup).when(answers('lock group')).ends('undone');
  });

  it('that is aborted starts nothing again: two sides must not serve', () => {
    given(reprotect, answers('lock group'), answers('trace origins'))
      .when(aborts)
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });

  it('is refused before anything is stopped where names of several things became one', () => {
    given(reprotect, answers('lock group'))
      .when(fails('trace origins', { code: 'mapping-not-invertible' }))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });
});
