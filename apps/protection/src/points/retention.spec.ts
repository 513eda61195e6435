import fc from 'fast-check';
import { expiredPoints } from './retention.ts';
import type { Retainable } from './retention.ts';

const MINUTE = 60_000;
const point = (pointId: string, at: string | number, pinned = false): Retainable => ({
  pointId,
  sealedAt: new Date(at),
  pinned,
});

const series = fc
  .array(fc.record({ minutes: fc.nat(60 * 24 * 40), pinned: fc.boolean() }), { maxLength: 120 })
  .map((all) => all.map(({ minutes, pinned }, n) => point(`p${n}`, minutes * MINUTE, pinned)));
const span = fc.option(fc.nat(6), { nil: undefined });
const retention = fc.record({ last: fc.integer({ min: 1, max: 5 }), hourly: span, daily: span, weekly: span });

const survivorsOf = (all: readonly Retainable[], keep: Parameters<typeof expiredPoints>[1]): readonly Retainable[] => {
  const gone = new Set(expiredPoints(all, keep));
  return all.filter(({ pointId }) => !gone.has(pointId));
};

describe('retention', () => {
  it('keeps the newest and whatever a run has pinned', () => {
    const all = [
      point('c', '2026-01-05T10:00Z'),
      point('a', '2026-01-05T08:00Z'),
      point('b', '2026-01-05T09:00Z', true),
      point('d', '2026-01-05T11:00Z'),
    ];
    expect(expiredPoints(all, { last: 1 })).toEqual(['c', 'a']);
  });

  it('keeps the newest of each hour, day and week before the last', () => {
    const all = [
      point('last', '2026-01-14T12:40Z'), // a Wednesday
      point('of 12 h', '2026-01-14T12:20Z'),
      point('12 h, older', '2026-01-14T12:10Z'),
      point('of 11 h', '2026-01-14T11:50Z'),
      point('of 10 h', '2026-01-14T10:50Z'),
      point('of Tuesday', '2026-01-13T23:00Z'),
      point('Tuesday, older', '2026-01-13T22:00Z'),
      point('of Monday', '2026-01-12T00:00Z'),
      point('of the week before', '2026-01-11T23:59Z'),
      point('two weeks before', '2026-01-04T23:59Z'),
    ];
    expect(expiredPoints(all, { last: 1, hourly: 2, daily: 3, weekly: 2 })).toEqual([
      '12 h, older',
      'of 10 h',
      'Tuesday, older',
      'two weeks before',
    ]);
  });

  it('never lets the newest go, nor a pinned one, and keeps no more than it says', () => {
    fc.assert(
      fc.property(series, retention, (all, keep) => {
        const gone = new Set(expiredPoints(all, keep));
        const newest = Math.max(...all.map(({ sealedAt }) => sealedAt.getTime()));
        expect(all.filter(({ pinned, pointId }) => pinned && gone.has(pointId))).toEqual([]);
        expect(all.every(({ pointId }) => gone.has(pointId))).toBe(all.length === 0);
        expect(all.some((one) => one.sealedAt.getTime() === newest && !gone.has(one.pointId))).toBe(all.length > 0);
        const most = keep.last + (keep.hourly ?? 0) + (keep.daily ?? 0) + (keep.weekly ?? 0);
        expect(survivorsOf(all, keep).filter(({ pinned }) => !pinned).length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('ends with the same points whether it is asked after each of them or once', () => {
    fc.assert(
      fc.property(series, retention, (all, keep) => {
        const inOrder = all
          .map((one) => ({ ...one, pinned: false }))
          .toSorted((a, b) => a.sealedAt.getTime() - b.sealedAt.getTime() || (a.pointId < b.pointId ? -1 : 1));
        let kept: readonly Retainable[] = [];
        for (const one of inOrder) kept = survivorsOf([...kept, one], keep);
        expect(kept.map(({ pointId }) => pointId)).toEqual(survivorsOf(inOrder, keep).map(({ pointId }) => pointId));
      }),
    );
  });
});
