import { duePoints, expiredPoints } from './schedule.ts';

const now = new Date('2026-01-01T12:00:00Z');
const secondsAgo = (s: number): Date => new Date(now.getTime() - s * 1000);
const group = {
  groupId: 'grp-1',
  state: 'protected',
  heldBy: null,
  rpoSeconds: 60,
  lastRequestedAt: secondsAgo(40),
  busy: false,
};

describe('schedule', () => {
  it('makes the next point before the last one grows older than the RPO', () => {
    expect(duePoints([group], now)).toEqual(['grp-1']);
    expect(duePoints([{ ...group, lastRequestedAt: secondsAgo(20) }], now)).toEqual([]);
  });

  it('makes the first point at once', () => {
    expect(duePoints([{ ...group, lastRequestedAt: null }], now)).toEqual(['grp-1']);
  });

  it.each([
    ['held by a run', { heldBy: 'run-1' }],
    ['failed over', { state: 'failed-over' }],
    ['busy', { busy: true }],
    ['made only when asked', { rpoSeconds: 0 }],
  ])('leaves a group alone that is %s', (_why, change) =>
    expect(duePoints([{ ...group, ...change }], now)).toEqual([]),
  );
});

describe('retention', () => {
  const point = (
    pointId: string,
    age: number,
    pinned = false,
  ): { pointId: string; sealedAt: Date; pinned: boolean } => ({ pointId, sealedAt: secondsAgo(age), pinned });

  it('keeps the newest and whatever a run has pinned', () => {
    expect(expiredPoints([point('c', 10), point('a', 30), point('b', 20, true), point('d', 5)], 1)).toEqual(['c', 'a']);
  });
});
