import { minutes } from './definition.ts';
import { nextDue } from './due.ts';
import { awaited, replay, stepOf } from './history.ts';
import { diagramOf, outlineOf } from './outline.ts';
import { Bill, Paint, painting, Strip } from './simulated/painting.ts';
import { stagesOf } from './stages.ts';
import { aborts, answers, fails, given, passes, retries, says } from './testing/given.ts';

const AWAY = { kind: 'unavailable', code: 'away', message: 'Nobody is there.' } as const;
const HALL = [answers('survey'), answers('paint "hall"')] as const;
const ATTIC = [...HALL, answers('paint "attic"')] as const;

describe('rows for each item of a list', () => {
  it('stand when the list was kept, one item after the other, and each is told of its own', () => {
    const scenario = given(painting);
    expect(stagesOf(painting, scenario.state.data).flat()).toHaveLength(2);
    scenario.when(answers('survey')).sends(Paint);
    expect(scenario.asked('paint "hall"').data).toEqual({ house: 'h-1', room: 'hall' });
    scenario.when(answers('paint "hall"')).sends(Paint);
    expect(scenario.asked('paint "attic"').data).toEqual({ house: 'h-1', room: 'attic' });
    scenario
      .when(answers('paint "attic"'))
      .sends()
      .when(says('go-on'))
      .sends(Bill)
      .when(answers('bill'))
      .ends('completed');
  });

  it('are none when nothing is in the list', () => {
    given(painting, answers('survey', { rooms: [] })).sends(Bill);
  });

  it('keep what they keep under their own full names, so that none hides another', () => {
    const { data } = given(
      painting,
      answers('survey'),
      answers('paint "hall"', { litres: 5 }),
      ...ATTIC.slice(2),
    ).state;
    expect(data).toMatchObject({ 'paint "hall"': { litres: 5 }, 'paint "attic"': { litres: 2 } });
  });

  it('are undone backwards through the items, and no item that was not begun', () => {
    given(painting, ...HALL)
      .when(fails('paint "attic"'))
      .sends(Strip)
      .when(answers('paint "attic"'))
      .sends(Strip)
      .when(answers('paint "hall"'))
      .ends('undone');
    const early = given(painting, answers('survey'), aborts).when(answers('paint "hall"'));
    expect(early.ends('undone').everSent.map(({ step }) => step)).toEqual(['survey', 'paint "hall"', 'paint "hall"']);
  });

  it('are there only for the items that they are for', () => {
    const rows = stagesOf(painting, given(painting, ...HALL).state.data).flat();
    expect(rows.map(({ name }) => name)).toEqual([
      'survey',
      'paint "hall"',
      'paint "attic"',
      'let dry "attic"',
      'bill',
    ]);
  });

  it('are other rows for two items of one name', () => {
    const rooms = [{ name: 'hall' }, { name: 'hall' }];
    const scenario = given(painting, answers('survey', { rooms }), answers('paint "hall"')).sends(Paint);
    scenario.when(answers('paint "hall" (2)')).sends(Bill);
  });

  it('are the same in every process that reads the history, and so are the ids of their commands', () => {
    const scenario = given(painting, ...HALL);
    const [again] = [given(painting, ...HALL)];
    expect(again.everSent.map(({ id }) => id)).toEqual(scenario.everSent.map(({ id }) => id));
    const read = replay(JSON.parse(JSON.stringify(scenario.history)) as never);
    expect(stagesOf(painting, read.data).map((rows) => rows.map(({ name }) => name))).toEqual(
      stagesOf(painting, scenario.state.data).map((rows) => rows.map(({ name }) => name)),
    );
    expect(awaited(read)).toEqual([scenario.asked('paint "attic"').id]);
  });

  it('are tried again, and retried by an operator whose undo failed, like any other', () => {
    given(painting, answers('survey'), fails('paint "hall"', AWAY)).when(passes(10_000)).sends(Paint);
    given(painting, ...HALL, aborts)
      .when(fails('paint "attic"', { code: 'stuck' }))
      .asksOperator('paint "hall"', 'paint "attic"')
      .when(retries)
      .sends(Strip);
  });

  it('may be held: with a question, until the word or the end of the time', () => {
    const scenario = given(painting, ...ATTIC);
    const { held } = stepOf(scenario.state, 'let dry "attic"');
    expect(held).toMatchObject({ word: 'go-on', says: 'Is the attic dry?' });
    expect(nextDue(painting, scenario.state)).toBe(held?.until);
    scenario
      .when(says('commit'))
      .sends()
      .when(passes(minutes(30)))
      .sends(Bill);
  });

  it('are drawn and walked for what the sampled answer lists', () => {
    expect(outlineOf(painting).map(({ stage, name, word }) => [stage, name, word])).toEqual([
      [0, 'survey', undefined],
      [1, 'paint "hall"', undefined],
      [2, 'paint "attic"', undefined],
      [3, 'let dry "attic"', 'go-on'],
      [4, 'bill', undefined],
    ]);
    const drawn = diagramOf(painting);
    expect(drawn).toContain('s1["paint &quot;hall&quot;<br/>');
    expect(drawn).toContain('s3 --> s4');
  });
});
