import { RemoveOriginals, StartSource, SwitchTraffic } from '@lifeboat/contracts';
import { aborts, answers, fails, given, outlineOf, says } from '@lifeboat/saga-engine';
import { failback } from './failback.saga.ts';
import { plannedFailover } from './planned-failover.saga.ts';

const names = outlineOf(failback).map(({ name }) => name);
const until = (step: string) =>
  names
    .slice(0, names.indexOf(step))
    .filter((name) => name !== 'commit window')
    .map((name) => (/^(prompt|delay) /.test(name) ? says('go-on') : answers(name)));

describe('a fail-back', () => {
  it('is a planned failover, by the waves of its plan, after which what it has replaced at home is removed', () => {
    expect(names.filter((name) => name !== 'remove originals')).toEqual(
      outlineOf(plannedFailover).map(({ name }) => name),
    );
    expect(names).toContain('start wave "data"');
    expect(names.indexOf('remove originals')).toBeGreaterThan(names.indexOf('commit failover'));
  });

  it('looks at home for what may come back, before it makes anything and when it does', () => {
    const scenario = given(failback, ...until('verify workload'));
    for (const step of ['check target', 'recreate entities', 'start wave "data"'])
      expect(scenario.asked(step).data).toMatchObject({ home: true });
    expect(scenario.asked('probe wave "data"').data).not.toHaveProperty('home');
  });

  it('goes by the version of the plan that it was started with', () => {
    const plan = { name: 'shop', version: 3, skipPrompts: true } as const;
    const { start } = failback;
    const sample = { ...(start.sample as object), plan };
    const scenario = given({ ...failback, start: { ...start, sample } }, ...until('wait for drills'));
    expect(scenario.asked('pin recovery point').data).toMatchObject({ plan, sourceStopped: true });
  });

  it('leads traffic home when it is certain that the group stays, from where it may still be called', () => {
    const scenario = given(failback, ...until('remove originals'));
    expect(scenario.asked('switch traffic').data).toMatchObject({ plannedFrom: 'alpha' });
    given(failback, ...until('switch traffic')).sends(SwitchTraffic);
  });

  it('starts again where the group runs what it had stopped there, and removes nothing at home, when it is aborted', () => {
    const scenario = given(failback, ...until('commit failover')).when(aborts);
    // The commit had begun: from there on there is only forward.
    expect(scenario.state.ended).toBe(false);
    const earlier = given(failback, ...until('verify workload')).when(aborts);
    for (let turn = 0; turn < 20 && !earlier.state.ended; turn++)
      earlier.when(answers(earlier.everSent.at(-1)?.step ?? ''));
    earlier.ends('undone');
    const sent = earlier.everSent.map(({ command }) => command.subject);
    expect(sent).toContain(StartSource.subject);
    expect(sent).not.toContain(RemoveOriginals.subject);
  });

  it('asks an operator when an original cannot be removed; the group serves at home meanwhile', () => {
    given(failback, ...until('remove originals'))
      .sends(RemoveOriginals)
      .when(fails('remove originals'))
      .asksOperator('remove originals');
  });
});
