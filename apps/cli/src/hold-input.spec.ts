import { commitWindowOf, heldText, secondsOf } from './hold-input.ts';

describe('how long a run is held', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['1d', 86_400],
  ])('%s is %i seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it.each(['', '0', 'm', '-3m', '3w', '1.5h'])('"%s" is none, and it is said how to write one', (text) => {
    expect(() => secondsOf(text)).toThrow(expect.objectContaining({ code: 'time-malformed' }));
  });

  it('is a commit window with what happens when it is over, and none when nothing is said', () => {
    expect(commitWindowOf({ commitWindow: '30m', whenOver: 'roll-back' })).toEqual({
      commitWindow: { seconds: 1800, whenOver: 'roll-back' },
    });
    expect(commitWindowOf({ whenOver: 'roll-back' })).toEqual({});
    for (const wrong of [
      { commitWindow: '30m', whenOver: 'whatever' },
      { commitWindow: '8d', whenOver: 'commit' },
    ])
      expect(() => commitWindowOf(wrong)).toThrow(expect.objectContaining({ code: 'commit-window-malformed' }));
  });

  it('is shown with the word that ends it', () => {
    expect(heldText({ word: 'commit', until: '2026-01-01T00:00:00.000Z', whenOver: 'undo' })).toBe(
      'held: "run commit" by 2026-01-01T00:00:00.000Z, else it is undone',
    );
  });
});
