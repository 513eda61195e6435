import type { Bandwidth } from '@lifeboat/contracts';
import { bandwidthAt } from './bandwidth-at.ts';

const office: Bandwidth = {
  bytesPerSecond: 1_000_000,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  timeZone: 'Europe/Berlin',
};

describe('the bandwidth by time of day', () => {
  it.each([
    ['2026-01-05T06:59:00Z', undefined], // Monday 07:59 in Berlin
    ['2026-01-05T07:00:00Z', 1_000_000],
    ['2026-01-05T16:59:59Z', 1_000_000],
    ['2026-01-05T17:00:00Z', undefined],
    ['2026-07-06T06:00:00Z', 1_000_000], // in summer it is two hours
    ['2026-01-04T12:00:00Z', undefined], // Sunday
  ])('at %s is %s', (at, expected) => expect(bandwidthAt([office], new Date(at))).toBe(expected));

  it('is that of the first rule that fits', () => {
    const rules = [office, { bytesPerSecond: 5_000_000 }];
    expect(bandwidthAt(rules, new Date('2026-01-05T12:00:00Z'))).toBe(1_000_000);
    expect(bandwidthAt(rules, new Date('2026-01-04T12:00:00Z'))).toBe(5_000_000);
    expect(bandwidthAt([], new Date())).toBeUndefined();
  });

  it('lasts past midnight from the days on which it begins', () => {
    const night: Bandwidth = { bytesPerSecond: 9_999, days: ['sun'], from: '22:00', to: '06:00' };
    expect(bandwidthAt([night], new Date('2026-01-04T23:00:00Z'))).toBe(9_999);
    expect(bandwidthAt([night], new Date('2026-01-05T05:59:00Z'))).toBe(9_999);
    expect(bandwidthAt([night], new Date('2026-01-05T06:00:00Z'))).toBeUndefined();
    expect(bandwidthAt([night], new Date('2026-01-04T05:00:00Z'))).toBeUndefined();
  });
});
