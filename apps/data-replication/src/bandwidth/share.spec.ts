import { shareOf } from './share.ts';

const now = new Date('2026-01-05T12:00:00Z');

describe('the share of a call', () => {
  it('is what the policy allows, divided by all calls of the group that carry bytes', () => {
    expect(shareOf([{ bytesPerSecond: 1_000_000 }], 4, now)).toBe(250_000);
    expect(shareOf([{ bytesPerSecond: 1_000_000 }], 0, now)).toBe(1_000_000);
  });

  it('is without a limit where no rule fits, and never nothing', () => {
    expect(shareOf(null, 3, now)).toBeUndefined();
    expect(shareOf([{ bytesPerSecond: 2_000, days: ['sun'] }], 3, now)).toBeUndefined();
    expect(shareOf([{ bytesPerSecond: 1_024 }], 5_000, now)).toBe(1);
  });
});
