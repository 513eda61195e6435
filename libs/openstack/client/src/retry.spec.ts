import { backOffMs, refusedUnhandled, retryAfterMs } from './retry.ts';

describe('waiting before another try', () => {
  it('reads Retry-After as seconds and as a date', () => {
    const now = Date.parse('2030-01-01T00:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7_000);
    expect(retryAfterMs('Tue, 01 Jan 2030 00:00:09 GMT', now)).toBe(9_000);
    expect(retryAfterMs('Mon, 31 Dec 2029 00:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });

  it('doubles with jitter, up to ten seconds', () => {
    expect([1, 2, 3, 4].map((tries) => backOffMs(tries, undefined, () => 1))).toEqual([200, 400, 800, 1_600]);
    expect(backOffMs(1, undefined, () => 0)).toBe(100);
    expect(backOffMs(30, undefined, () => 1)).toBe(10_000);
  });

  it('waits at least as long as asked, and is not told to hammer by a 0', () => {
    expect(backOffMs(1, 3_000, () => 0)).toBe(3_000);
    expect(backOffMs(1, 3_000, () => 1)).toBeGreaterThan(3_000);
    expect(backOffMs(2, 0, () => 0)).toBe(200);
  });

  it('knows which refusals prove that nothing was done', () => {
    expect(refusedUnhandled(429, undefined)).toBe(true);
    expect(refusedUnhandled(503, '1')).toBe(true);
    expect(refusedUnhandled(413, '1')).toBe(true);
    expect(refusedUnhandled(503, undefined)).toBe(false);
    expect(refusedUnhandled(500, '1')).toBe(false);
  });
});
