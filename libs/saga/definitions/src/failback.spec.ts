import { RemoveOriginals, StartSource } from '@lifeboat/contracts';
import { aborts, answers, fails, given, outlineOf } from '@lifeboat/saga-engine';
import { failback } from './failback.saga.ts';
import { plannedFailover } from './planned-failover.saga.ts';

const names = outlineOf(failback).map(({ name }) => name);
const until = (step: string) =>
  names
    .slice(0, names.indexOf(step))
    .filter((name) => name !== 'commit window')
    .map((name) => answers(name));

describe('a fail-back', () => {
  it('is a planned failover, after which what it has replaced at home is removed', () => {
    expect(names.filter((name) => name !== 'remove originals')).toEqual(
      // Its plan was written for the way out: all of it starts at once.
      outlineOf(plannedFailover)
        .map(({ name }) => name)
        .filter((name) => !name.endsWith('"data"')),
    );
    expect(names.indexOf('remove originals')).toBeGreaterThan(names.indexOf('commit failover'));
  });

  it('looks at home for what may come back, before it makes anything and when it does', () => {
    const scenario = given(failback, ...until('verify workload'));
    for (const step of ['check target', 'recreate entities'])
      expect(scenario.asked(step).data).toMatchObject({ home: true });
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
