import { whenOf } from './metadata.commands.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

describe('a moment on the command line', () => {
  it.each([
    ['now', '2026-01-31T12:00:00.000Z'],
    ['90s', '2026-01-31T11:58:30.000Z'],
    ['2d', '2026-01-29T12:00:00.000Z'],
    ['2026-01-30T10:00:00+01:00', '2026-01-30T09:00:00.000Z'],
    ['before-the-upgrade', 'point:before-the-upgrade'],
    ['20260130-1b2c-4d3e-8f4a-5b6c7d8e9f0a', 'point:20260130-1b2c-4d3e-8f4a-5b6c7d8e9f0a'],
  ])('written %s is %s', (text, expected) => expect(whenOf(text, NOW)).toBe(expected));

  it('that is nearly a time is refused with what can be written', () => {
    expect(() => whenOf('2026-13-45')).toThrow(
      expect.objectContaining({ code: 'instant-malformed', mend: expect.stringContaining('10m') }),
    );
  });
});
