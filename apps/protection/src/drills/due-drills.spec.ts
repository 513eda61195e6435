import { dueDrills, nextDrillAt, overdue } from './due-drills.ts';
import type { Rehearsable } from './due-drills.ts';

const DAY = 86_400;
const at = (text: string): Date => new Date(text);
const group = (more: Partial<Rehearsable> = {}): Rehearsable => ({
  groupId: 'shop',
  drills: { everySeconds: 7 * DAY },
  idle: false,
  provenAt: null,
  failedAt: null,
  ...more,
});
const now = at('2026-01-15T12:00:00Z');

describe('drills by schedule', () => {
  it.each([
    ['was never rehearsed', {}, true],
    ['was rehearsed a week ago', { provenAt: at('2026-01-08T12:00:00Z') }, true],
    ['was rehearsed a little later', { provenAt: at('2026-01-08T12:00:01Z') }, false],
    ['is in use', { idle: true }, false],
    ['failed an hour ago', { failedAt: at('2026-01-15T11:00:00Z') }, false],
    ['failed a day ago', { failedAt: at('2026-01-14T12:00:00Z') }, true],
    [
      'failed a day ago, though proven two days ago',
      { failedAt: at('2026-01-14T12:00:00Z'), provenAt: at('2026-01-13T12:00:00Z') },
      false,
    ],
  ])('of a group that %s', (_what, more, due) =>
    expect(dueDrills([group(more)], now).map(({ groupId }) => groupId)).toEqual(due ? ['shop'] : []),
  );

  it('begin at the hours that the policy names', () => {
    const night = group({ drills: { everySeconds: DAY, within: { from: '01:00', to: '05:00' } } });
    expect(dueDrills([night], now)).toEqual([]);
    expect(dueDrills([night], at('2026-01-16T01:00:00Z'))).toHaveLength(1);
  });

  it('are tried again as soon as the schedule says where that is less than a day', () => {
    const hourly = group({ drills: { everySeconds: 3_600 }, failedAt: now });
    expect(nextDrillAt(hourly.drills, hourly)).toEqual(at('2026-01-15T13:00:00Z'));
  });

  it('are overdue when the last one failed, or is older than the policy wants by more than a day', () => {
    const drills = { everySeconds: 7 * DAY };
    const since = at('2026-01-01T00:00:00Z');
    const nothing = { provenAt: null, failedAt: null };
    expect(overdue(drills, nothing, since, at('2026-01-08T23:00:00Z'))).toBeUndefined();
    expect(overdue(drills, nothing, since, at('2026-01-09T00:00:01Z'))).toBe(
      'was never rehearsed; its policy wants one every 7 days.',
    );
    expect(overdue(drills, { ...nothing, provenAt: now }, since, now)).toBeUndefined();
    expect(overdue(drills, { provenAt: at('2026-01-02T00:00:00Z'), failedAt: null }, since, now)).toMatch(/2026-01-02/);
    expect(overdue(drills, { provenAt: now, failedAt: now }, since, now)).toMatch(/did not go through/);
  });
});
