import { quantile } from '@lifeboat/kernel';
import fc from 'fast-check';
import { expectedMs, nextStartAt, riskOf, scheduleOf } from './rpo-plan.ts';
import type { Made, Plannable } from './rpo-plan.ts';

const now = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);

/** A point that was sealed so many seconds ago, `takes` after its start and `tail` after its snapshot. */
const point = (sealed: number, takes: number, tail = takes): Made => ({
  openedAt: ago(sealed + takes),
  requestedAt: ago(sealed + tail),
  sealedAt: ago(sealed),
});

const group = (made: readonly Made[], more: Partial<Plannable> = {}): Plannable => ({
  rpoSeconds: 600,
  made,
  lastRequestedAt: made[0]?.requestedAt ?? null,
  openedAt: null,
  tryingSince: null,
  idle: false,
  ...more,
});

describe('how long a point takes', () => {
  it('is not exceeded by nine in ten of the last ten', () => {
    const made = [9, 8, 7, 6, 5, 4, 3, 2, 1, 60].map((takes, n) => point(100 * n, takes));
    expect(expectedMs(made)).toBe(9_000);
    expect(expectedMs([])).toBeUndefined();
  });

  it('forgets a first full copy after ten points by difference', () => {
    const made = [...Array.from({ length: 10 }, (_, n) => point(100 * n, 5)), point(2_000, 3_600)];
    expect(expectedMs(made)).toBe(5_000);
  });

  it('is one of the values, and at least so large a part of them is not above it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (values) => {
        const found = quantile(values, 0.9) ?? -1;
        expect(values).toContain(found);
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(0.9 * values.length);
      }),
    );
  });
});

describe('the start of the next point', () => {
  it('leaves time for one more try, by what the last ones took', () => {
    expect(nextStartAt(group([point(10, 20)]), now)).toEqual(new Date(ago(30).getTime() + (600 - 40 - 30) * 1_000));
  });

  it('is half an RPO after the last while nothing is known of how long one takes, and now without a last', () => {
    expect(nextStartAt(group([], { lastRequestedAt: ago(100) }), now)).toEqual(new Date(ago(100).getTime() + 300_000));
    expect(nextStartAt(group([]), now)).toEqual(now);
  });

  it('is early enough for two tries to be sealed within the RPO, where that can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 10, max: 86_400 }), (takes, rpoSeconds) => {
        const at = nextStartAt(group([point(0, takes)], { rpoSeconds }), now).getTime();
        const last = ago(takes).getTime();
        expect(at).toBeGreaterThanOrEqual(last);
        if (at > last) expect(at + 2 * takes * 1_000).toBeLessThan(last + rpoSeconds * 1_000);
      }),
    );
  });
});

describe('an RPO at risk', () => {
  it('is none while the next point can be sealed in time', () => {
    expect(riskOf(group([point(100, 20)]), now)).toBeUndefined();
    expect(riskOf(group([point(400, 20)], { openedAt: ago(5) }), now)).toBeUndefined();
  });

  it.each([
    ['the newest point is too old', group([point(700, 20)]), 'The newest point is 720 s old'],
    ['it is too old and the group paused', group([point(700, 20)], { idle: true }), '720 s old'],
    ['a point takes longer than the RPO', group([point(10, 650, 500)]), 'A point takes 650 s'],
    ['two points do not fit into it', group([point(10, 400, 300)]), 'grows 700 s old'],
    ['the next will be late', group([point(480, 100, 90)], { openedAt: ago(5) }), 'about 65 s after'],
    ['none could ever be sealed', group([], { tryingSince: ago(700) }), 'No point has been sealed'],
  ])('is said with its reason when %s', (_why, at, said) => {
    expect(riskOf(at, now)).toContain(said);
  });

  it('is not said of a group that is paused, before its newest point is too old', () => {
    expect(riskOf(group([point(10, 650, 500)], { idle: true }), now)).toBeUndefined();
  });
});

describe('the schedule as it is shown', () => {
  it('has no next start while a point is being made, or none is made by schedule', () => {
    expect(scheduleOf(group([point(10, 20)]), now)).toMatchObject({
      expectedSeconds: 20,
      nextStartAt: expect.any(String),
    });
    expect(scheduleOf(group([point(10, 20)], { openedAt: ago(1) }), now)).not.toHaveProperty('nextStartAt');
    expect(scheduleOf(group([point(10, 20)], { idle: true }), now)).not.toHaveProperty('nextStartAt');
    expect(scheduleOf(group([], { rpoSeconds: 0 }), now)).toBeUndefined();
  });
});
