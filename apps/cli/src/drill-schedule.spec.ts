import { drillScheduleOf, drillScheduleText } from './drill-schedule.ts';

describe('a schedule of drills', () => {
  it('is how often, how long, and when they may begin', () => {
    expect(drillScheduleOf({})).toEqual({});
    const given = { drillEvery: '7d', drillKeep: '30m', drillWithin: 'sat-sun 01:00-05:00 Europe/Berlin' };
    const { drills } = drillScheduleOf(given);
    expect(drills).toEqual({
      everySeconds: 604_800,
      keepForSeconds: 1_800,
      within: { days: ['sat', 'sun'], from: '01:00', to: '05:00', timeZone: 'Europe/Berlin' },
    });
    expect(drills && drillScheduleText(drills)).toBe('every 604800 s, sat,sun 01:00-05:00 Europe/Berlin, kept 1800 s');
  });

  it.each([
    [{ drillEvery: '10s' }],
    [{ drillKeep: '1h' }],
    [{ drillEvery: '1d', drillWithin: '01:00-25:00' }],
    [{ drillEvery: '1d', drillWithin: 'sat-noday' }],
    [{ drillEvery: '1d', drillWithin: 'Europe/Nowhere' }],
  ])('is refused: %j', (given) =>
    expect(() => drillScheduleOf(given)).toThrow(expect.objectContaining({ code: 'drill-schedule-malformed' })),
  );
});
