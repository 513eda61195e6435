import { GrantClock } from './grant-clock.ts';

const lease = { groupId: 'shop', site: 'alpha', agent: 'fence-1' };

describe('how long ago a lease was granted', () => {
  it('is known to the process that granted it last', () => {
    const clock = new GrantClock();
    clock.granted(lease, 1_000);
    clock.granted(lease, 4_000);
    expect(clock.sinceMs({ ...lease, grantedBy: clock.process }, 7, 10_000)).toBe(6_000);
  });

  it('is counted from the first question by any other, and by the same one after a restart', () => {
    const [before, after] = [new GrantClock(), new GrantClock()];
    before.granted(lease, 1_000);
    after.granted(lease, 2_000); // by this one, too, but not last
    const granted = { ...lease, grantedBy: before.process };
    expect(after.sinceMs(granted, 7, 10_000)).toBe(0);
    expect(after.sinceMs(granted, 7, 15_000)).toBe(5_000);
  });

  it('is counted anew for the next failover', () => {
    const clock = new GrantClock();
    const granted = { ...lease, grantedBy: 'another' };
    expect(clock.sinceMs(granted, 7, 10_000)).toBe(0);
    expect(clock.sinceMs(granted, 8, 90_000)).toBe(0);
    expect(clock.sinceMs(granted, 8, 91_000)).toBe(1_000);
  });
});
