import { duePoints } from './schedule.ts';
import type { Schedulable } from './schedule.ts';

const now = new Date('2026-01-01T12:00:00Z');
const secondsAgo = (s: number): Date => new Date(now.getTime() - s * 1000);
const group: Schedulable = {
  groupId: 'grp-1',
  idle: false,
  rpoSeconds: 60,
  made: [],
  lastRequestedAt: secondsAgo(40),
  openedAt: null,
  tryingSince: null,
  tooEarly: false,
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
    ['held by a run, failed over or paused', { idle: true }],
    ['at one', { openedAt: secondsAgo(3) }],
    ['just through with one that failed', { tooEarly: true }],
    ['made only when asked', { rpoSeconds: 0 }],
  ])('leaves a group alone that is %s', (_why, change) =>
    expect(duePoints([{ ...group, ...change }], now)).toEqual([]),
  );
});
