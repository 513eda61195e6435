import { nextDue } from './due.ts';
import { awaited, replay, stepOf } from './history.ts';
import { aborts, answers, fails, given, givesUp, isSupersededBy, passes, retries, says } from './testing/given.ts';
import {
  HandOverKeys,
  Inspect,
  move,
  PackBooks,
  PackTools,
  RentVan,
  ReturnVan,
  SayGoodbye,
  UnpackBooks,
  UnpackTools,
} from './simulated/specimen.ts';

const PACKED = [answers('rent van'), answers('pack books'), answers('pack tools')] as const;
const INSPECTED = [...PACKED, answers('inspect')] as const;
const AWAY = { kind: 'unavailable', code: 'away', message: 'Nobody is there.' } as const;

describe('a saga that meets no trouble', () => {
  it('sends one step after the other, those of one stage together, and completes', () => {
    given(move)
      .sends(RentVan)
      .when(answers('rent van'))
      .sends(PackBooks, PackTools)
      .when(answers('pack tools'))
      .sends()
      .when(answers('pack books'))
      .sends(Inspect)
      .when(answers('inspect'))
      .sends(HandOverKeys)
      .when(answers('hand over keys'))
      .sends(SayGoodbye)
      .when(answers('say goodbye'))
      .sends()
      .ends('completed');
  });

  it('gives later steps what earlier answers brought', () => {
    const scenario = given(
      move,
      answers('rent van', { van: 'v-7' }),
      answers('pack books', { boxes: 12 }),
      answers('pack tools'),
    );
    expect(scenario.asked('pack books').data).toEqual({ van: 'v-7' });
    expect(scenario.asked('inspect').data).toEqual({ boxes: 12 });
  });

  it('gives a command the same id in every process, and another to every attempt', () => {
    expect(given(move).asked('rent van').id).toBe(given(move).asked('rent van').id);
    const scenario = given(move);
    const first = scenario.asked('rent van').id;
    scenario.when(fails('rent van', AWAY), passes(10_000));
    expect(scenario.asked('rent van').id).not.toBe(first);
  });

  it('waits for the answers of what it sent and for nothing else', () => {
    const scenario = given(move, answers('rent van'));
    expect(awaited(scenario.state)).toEqual([scenario.asked('pack books').id, scenario.asked('pack tools').id]);
    expect(awaited(scenario.when(answers('pack books'), answers('pack tools'), aborts).state)).toEqual([
      scenario.asked('pack tools').id,
    ]);
  });

  it('has a history that tells everything: the state is what its replay says', () => {
    const scenario = given(move, ...PACKED);
    expect(replay(JSON.parse(JSON.stringify(scenario.history)) as never)).toEqual(scenario.state);
  });
});

describe('messages that have nothing to say', () => {
  it.each([
    ['a second start', { type: 'start', data: {} }],
    ['an answer to nobody', { type: 'answer', commandId: 'stray', data: {} }],
    ['a failure of nothing', { type: 'failure', commandId: 'stray', error: AWAY }],
    ['a timer too early', { type: 'tick' }],
    ['an operator who retries what has not failed', { type: 'steer', action: 'retry', by: 'operator' }],
    ['an operator who gives up what goes well', { type: 'steer', action: 'give-up', by: 'operator' }],
  ] as const)('%s changes nothing', (_what, input) => {
    const scenario = given(move, answers('rent van'));
    const before = scenario.history.length;
    scenario.take(input);
    expect(scenario.sends().history).toHaveLength(before);
  });

  it('a repeated answer changes nothing', () => {
    given(move, answers('rent van')).when(answers('rent van')).sends();
  });

  it('a late answer to a step that is being undone changes nothing', () => {
    const scenario = given(move);
    const late = scenario.asked('rent van').id;
    scenario.when(aborts).sends(ReturnVan);
    scenario.take({ type: 'answer', commandId: late, data: { van: 'v-1' } });
    scenario.sends().is('undoing');
  });

  it('nothing moves a saga that has ended', () => {
    given(move, aborts, answers('rent van'))
      .ends('undone')
      .when(answers('rent van'), aborts, retries, passes(1e9))
      .sends()
      .ends('undone');
  });

  it('nothing moves a saga that has not begun', () => {
    expect(() => given(move).asked('inspect')).toThrow('nothing was sent for "inspect"');
  });
});

describe('a step that fails before the pivot', () => {
  it('lets everything that was started be undone, the last first, one at a time', () => {
    given(move, ...PACKED)
      .when(fails('inspect'))
      .sends(UnpackTools)
      .when(answers('pack tools'))
      .sends(UnpackBooks)
      .when(answers('pack books'))
      .sends(ReturnVan)
      .when(answers('rent van'))
      .sends()
      .ends('undone');
  });

  it('is itself undone: it may have happened all the same', () => {
    given(move).when(fails('rent van')).sends(ReturnVan);
  });

  it('waits for the step beside it, so that no undo overtakes what it undoes', () => {
    given(move, answers('rent van'), fails('pack books'))
      .sends()
      .is('running')
      .when(answers('pack tools'))
      .sends(UnpackTools);
  });

  it('is tried again when it allows that and the error does', () => {
    given(move, fails('rent van', AWAY)).sends().when(passes(9_999)).sends().when(passes(1)).sends(RentVan);
  });

  it('is not tried again when the error says that it would be in vain', () => {
    given(move, fails('rent van', { kind: 'invalid-input' })).sends(ReturnVan);
  });

  it('is one step however often it is tried', () => {
    expect(given(move, fails('rent van', AWAY), passes(10_000)).state.order).toEqual(['rent van']);
  });

  it('is tried no oftener than it allows', () => {
    given(move, fails('rent van', AWAY), passes(10_000), fails('rent van', AWAY)).sends(ReturnVan);
  });

  it('has failed when its time is over, and is tried again like after any error that passes', () => {
    const scenario = given(move, passes(300_000)).sends();
    expect(stepOf(scenario.state, 'rent van').error?.message).toContain('gave no answer in 300 s');
    scenario.when(passes(10_000)).sends(RentVan).when(passes(300_000)).sends(ReturnVan);
  });

  it('says why the run was undone', () => {
    expect(given(move, fails('rent van', { code: 'no-van' })).state.error?.code).toBe('no-van');
  });
});

describe('the deadline', () => {
  it('undoes everything before the pivot, also what was to be tried again', () => {
    given(move, answers('rent van')).when(passes(3_600_000)).sends(UnpackTools).is('undoing');
    given(move, passes(300_000)).when(passes(3_600_000)).sends(ReturnVan);
  });

  it('means nothing once the pivot was begun', () => {
    const scenario = given(move, ...INSPECTED)
      .when(passes(1e9))
      .sends()
      .is('running');
    expect(nextDue(move, scenario.state)).toBeUndefined();
  });

  it('is the next thing due while nothing else is', () => {
    const scenario = given(move, ...PACKED);
    expect(nextDue(move, scenario.state)).toBe('2026-01-01T01:00:00.000Z');
  });
});

describe('an operator who aborts', () => {
  it('has everything undone before the pivot', () => {
    given(move, ...PACKED)
      .when(aborts)
      .sends(UnpackTools)
      .is('undoing');
  });

  it('is not heard after it', () => {
    given(move, ...INSPECTED)
      .when(aborts)
      .sends()
      .is('running');
  });

  it('has no step tried again any more', () => {
    const scenario = given(move, answers('rent van'), fails('pack books', AWAY), aborts).when(passes(10_000)).sends();
    expect(stepOf(scenario.state, 'pack books').phase).toBe('retrying');
    const late = given(move, answers('rent van'), aborts, fails('pack books', AWAY));
    expect(stepOf(late.state, 'pack books').phase).toBe('failed');
  });

  it('has steps undone that were waiting for another try', () => {
    given(move, fails('rent van', AWAY))
      .when(aborts)
      .sends(ReturnVan)
      .when(passes(60_000))
      .sends()
      .when(answers('rent van'))
      .ends('undone');
  });
});

describe('another run that takes the place of this one', () => {
  it('has it undone, and its undos know why', () => {
    const scenario = given(move, answers('rent van'), isSupersededBy('run-2'));
    scenario.when(answers('pack tools'));
    expect(scenario.asked('pack books').data).toEqual({ van: 'v-1', because: 'run-superseded' });
  });

  it('is told to the undos that are still to come when it is being undone already', () => {
    const scenario = given(move, ...PACKED, fails('inspect'))
      .when(isSupersededBy('run-2'))
      .sends()
      .when(answers('pack tools'));
    expect(scenario.asked('pack books').data).toEqual({ van: 'v-1', because: 'run-superseded' });
    expect(scenario.state.error?.code).toBe('run-superseded');
  });

  it('is told to an undo that an operator tries again', () => {
    const scenario = given(move, answers('rent van'), aborts, answers('pack tools'), fails('pack books'))
      .when(isSupersededBy('run-2'))
      .sends()
      .is('needs-operator')
      .when(retries)
      .sends(UnpackBooks);
    expect(scenario.asked('pack books').data).toEqual({ van: 'v-1', because: 'run-superseded' });
  });

  it('is said once', () => {
    const scenario = given(move, isSupersededBy('run-2')).when(isSupersededBy('run-3')).sends();
    expect(scenario.history.filter((e) => e.type === 'superseded' || e.type === 'undo-began')).toHaveLength(1);
  });

  it('comes too late after the pivot', () => {
    given(move, ...INSPECTED)
      .when(isSupersededBy('run-2'))
      .sends()
      .is('running');
  });
});

describe('an undo that fails', () => {
  it('is tried again while its error may pass', () => {
    given(move, aborts, fails('rent van', AWAY))
      .sends()
      .when(passes(2_000))
      .sends(ReturnVan)
      .when(answers('rent van'))
      .ends('undone');
  });

  it('asks an operator, with the whole list of what is left', () => {
    const scenario = given(move, answers('rent van'), aborts, fails('pack tools', { code: 'stuck' })).sends();
    scenario.asksOperator('rent van', 'pack books', 'pack tools');
    expect(scenario.state.error?.code).toBe('stuck');
    expect(nextDue(move, scenario.state)).toBeUndefined();
  });

  it('goes on with the rest when the operator retries, and remembers why it was undone', () => {
    const scenario = given(move, answers('rent van'), aborts, fails('pack tools', { code: 'stuck' }))
      .when(retries)
      .sends(UnpackTools);
    expect(scenario.state.error?.code).toBe('run-aborted');
    scenario.when(answers('pack tools'), answers('pack books'), answers('rent van')).ends('undone');
  });

  it('ends with the list of what is left when the operator gives up', () => {
    expect(given(move, aborts, fails('rent van'), givesUp).ends('needs-operator').state.left).toEqual(['rent van']);
  });
});

describe('the pivot and what follows', () => {
  it('is never undone: it is tried again, then an operator is asked', () => {
    given(move, ...INSPECTED)
      .when(fails('hand over keys', AWAY), passes(10_000))
      .sends(HandOverKeys)
      .when(fails('hand over keys', AWAY), passes(10_000))
      .sends(HandOverKeys)
      .when(fails('hand over keys', AWAY))
      .sends()
      .asksOperator('hand over keys');
  });

  it('goes on when the operator retries, and completes with no error left', () => {
    const scenario = given(move, ...INSPECTED, fails('hand over keys'))
      .when(retries)
      .sends(HandOverKeys)
      .when(answers('hand over keys'), answers('say goodbye'))
      .ends('completed');
    expect(scenario.state.error).toBeUndefined();
  });

  it('asks an operator about a step after it', () => {
    given(move, ...INSPECTED, answers('hand over keys'))
      .when(fails('say goodbye'))
      .asksOperator('say goodbye');
  });
});

describe('a saga that is held', () => {
  const viewed = (viewing: number, boxes = 3) => {
    const scenario = given(
      { ...move, start: { ...move.start, sample: { house: 'h-1', viewing } } },
      answers('rent van'),
      answers('pack books', { boxes }),
      answers('pack tools'),
      answers('inspect'),
    );
    return scenario.sends();
  };

  it('is not, when it was not asked to be', () => {
    given(move, ...INSPECTED).sends(HandOverKeys);
  });

  it('goes on at the word, and at no other, and tells who said it', () => {
    const scenario = viewed(10).when(says('end')).sends().when(says('commit')).sends(HandOverKeys);
    expect(scenario.history).toContainEqual(expect.objectContaining({ action: 'commit', by: 'operator' }));
    scenario.when(says('commit')).sends();
  });

  it('does when its time is over what its definition says', () => {
    viewed(10).when(passes(600_000)).sends(UnpackTools).is('undoing');
    viewed(10, 100).when(passes(600_000)).sends(HandOverKeys);
  });

  it('can be aborted all the while, and has then nothing to say yes to', () => {
    viewed(10).when(aborts).sends(UnpackTools).when(says('commit')).sends();
  });

  it('is not late by it: the deadline does not count meanwhile', () => {
    const scenario = viewed(24 * 60, 100);
    expect(nextDue(move, scenario.state)).toBe(stepOf(scenario.state, 'viewing').held?.until);
    scenario
      .when(passes(20 * 3_600_000))
      .sends()
      .when(says('commit'))
      .sends(HandOverKeys)
      .is('running');
  });
});
