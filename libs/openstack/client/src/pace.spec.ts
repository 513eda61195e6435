import { Pace } from './pace.ts';

/** A service that allows so many calls a second, a second's worth of them at once, and says to come again in a second. */
class Limited {
  private tokens: number;
  private at = 0;
  carriedOut = 0;
  refused = 0;

  constructor(private readonly perSecond: number) {
    this.tokens = perSecond;
  }

  allows(now: number): boolean {
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.at) / 1_000) * this.perSecond);
    this.at = now;
    const allowed = this.tokens >= 1;
    if (allowed) this.tokens -= 1;
    this[allowed ? 'carriedOut' : 'refused'] += 1;
    return allowed;
  }
}

/** Calls as fast as the pace lets, or one every so many ms, until `seconds` have passed. */
function callFor(seconds: number, service: Limited, pace: Pace, clock: { now: number }, everyMs = 1): void {
  for (const end = clock.now + seconds * 1_000; clock.now < end;) {
    const wait = pace.take();
    if (wait > 0) clock.now += wait;
    else if (service.allows(clock.now)) {
      pace.carriedOut();
      clock.now += everyMs;
    } else {
      pace.refused(1_000);
      clock.now += 1_000;
    }
  }
}

describe('the pace of calls', () => {
  const clock = { now: 0 };
  beforeEach(() => void (clock.now = 0));
  const pace = (): Pace => new Pace(() => clock.now);

  it('is no limit as long as nothing was refused', () => {
    const [service, free] = [new Limited(1e6), pace()];
    callFor(2, service, free, clock);
    expect(service).toMatchObject({ carriedOut: 2_000, refused: 0 });
  });

  it.each([2, 10, 50])('uses all that a service of %i calls a second allows, and is rarely refused', (perSecond) => {
    const service = new Limited(perSecond);
    callFor(120, service, pace(), clock);
    expect(service.carriedOut / (120 * perSecond)).toBeGreaterThan(0.93);
    expect(service.refused / service.carriedOut).toBeLessThan(0.1);
  });

  it.each([
    ['nobody called', undefined],
    ['few calls were made', 300],
  ])('takes no time in which %s for a limit', (_what, everyMs) => {
    const [service, patient] = [new Limited(20), pace()];
    callFor(4, service, patient, clock);
    if (everyMs === undefined) clock.now += 18_000;
    else callFor(18, service, patient, clock, everyMs);
    const before = service.carriedOut;
    callFor(10, service, patient, clock);
    expect((service.carriedOut - before) / (10 * 20)).toBeGreaterThan(0.93);
  });

  it('finds a limit that was raised', () => {
    const slow = pace();
    callFor(30, new Limited(5), slow, clock);
    const raised = new Limited(50);
    callFor(60, raised, slow, clock);
    expect(raised.carriedOut).toBeGreaterThan(0.5 * 60 * 50);
  });

  it('is forgotten by who asked little: a call now and then says nothing of what is allowed', () => {
    const calm = pace();
    for (const _ of [1, 2, 3]) {
      calm.refused(1_000);
      clock.now += 40_000;
    }
    expect(Array.from({ length: 100 }, () => calm.take())).toEqual(Array.from({ length: 100 }, () => 0));
  });
});
