import { StartSource, StopSource } from '@lifeboat/contracts';
import { aborts, answers, fails, given, isSupersededBy, outlineOf, says } from '@lifeboat/saga-engine';
import { failover } from './failover.saga.ts';
import { plannedFailover } from './planned-failover.saga.ts';
import { protect } from './protect.saga.ts';

const namesOf = (definition: typeof failover) => outlineOf(definition).map(({ name }) => name);
const before = (step: string) => namesOf(plannedFailover).slice(0, namesOf(plannedFailover).indexOf(step));
const until = (step: string) =>
  before(step)
    .filter((name) => name !== 'commit window')
    .map((name) => (/^(prompt|delay) /.test(name) ? says('go-on') : answers(name)));

describe('a planned failover', () => {
  it('is a lock, a point with the servers stopped before its disks are carried, and what an unplanned one does', () => {
    // By plan the servers are stopped, which needs no other fence.
    const [lock, ...rest] = namesOf(failover).filter((name) => !['fence primary', 'remove originals'].includes(name));
    const [open, capture, ...carried] = namesOf(protect);
    expect(namesOf(plannedFailover)).toEqual([lock, open, capture, 'stop source', ...carried, ...rest]);
  });

  it('captures what runs while it runs, and carries what was written last', () => {
    given(plannedFailover, ...until('stop source')).sends(StopSource);
  });

  it('serves from its own point, of which nothing is lost', () => {
    const scenario = given(plannedFailover, ...until('wait for drills'));
    expect(scenario.asked('pin recovery point').data).toEqual({
      groupId: 'grp-1',
      runId: 'run-5',
      pointId: 'run-5',
      sourceStopped: true,
    });
  });

  it('tells drivers that promote where they may still say goodbye', () => {
    const scenario = given(plannedFailover, ...until('unlock group'));
    expect(scenario.asked('promote disks').data).toMatchObject({ plannedFrom: 'alpha' });
  });

  it.each(
    before('commit failover')
      .filter((name) => name !== 'commit window')
      .map((name) => [name]),
  )('that is aborted at "%s" starts again what it had stopped, when all it made is gone', (step) => {
    const scenario = given(plannedFailover, ...until(step)).when(aborts);
    const stopped = scenario.everSent.some(({ command }) => command.subject === StopSource.subject);
    const undone: string[] = [];
    for (let turn = 0; turn < 20 && !scenario.state.ended; turn++) {
      const last = scenario.everSent.at(-1);
      undone.push(last?.command.subject ?? '');
      scenario.when(answers(last?.step ?? ''));
    }
    scenario.ends('undone');
    expect(undone.includes(StartSource.subject)).toBe(stopped);
    if (stopped)
      expect(undone.slice(undone.indexOf(StartSource.subject) + 1)).toEqual([
        'lifeboat.cmd.capture.forget-capture.v1',
        'lifeboat.cmd.protection.discard-point.v1',
        'lifeboat.cmd.protection.unlock-group.v1',
      ]);
  });

  it('has points and drills of the group undone, none of which is lost', () => {
    expect(plannedFailover).toMatchObject({ aborts: ['protect', 'drill', 'stage'], supersedes: [] });
  });

  it('removes what it made at the primary too, unless another run has given that up', () => {
    const discards = (move: typeof aborts) =>
      given(plannedFailover, ...until('seal point'))
        .when(move)
        .asked('replicate disks').data;
    expect(discards(aborts)).toMatchObject({ sourceLost: false });
    expect(discards(isSupersededBy('run-9'))).toMatchObject({ sourceLost: true });
  });

  it('asks an operator when a server cannot be started again, and says so', () => {
    given(plannedFailover, ...until('replicate images'))
      .when(aborts, answers('replicate disks'), answers('replicate images'))
      .sends(StartSource)
      .when(fails('stop source', { code: 'server-not-startable' }))
      .asksOperator('lock group', 'open point', 'capture metadata', 'stop source');
  });
});
