import { reaches } from './reaches.ts';

describe('the consistency wanted', () => {
  it.each([
    ['crash-per-disk', { level: 'crash-per-disk' as const, skewMs: 900 }, true],
    ['crash-across-group', { level: 'crash-per-disk' as const, skewMs: 0 }, false],
    ['crash-across-group', { level: 'crash-across-group' as const, skewMs: 0 }, true],
    ['crash-across-group', { level: 'quiesced' as const, skewMs: 300 }, false],
    ['crash-across-group', { level: 'quiesced' as const, skewMs: 0 }, true],
    [
      'crash-across-group',
      { level: 'quiesced' as const, skewMs: 300, freeze: { hook: 'shop', outcome: 'held' } },
      true,
    ],
    [
      'crash-across-group',
      { level: 'quiesced' as const, skewMs: 300, freeze: { hook: 'shop', outcome: 'lost' } },
      false,
    ],
    ['quiesced', { level: 'application' as const, skewMs: 300 }, true],
    ['application', { level: 'quiesced' as const, skewMs: 0 }, false],
    ['application', { level: 'none' as const }, true],
  ] as const)('%s, with %j achieved: %s', (wanted, achieved, reached) =>
    expect(reaches(wanted, achieved)).toBe(reached),
  );
});
