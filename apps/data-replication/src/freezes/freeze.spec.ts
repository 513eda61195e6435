import { isToBeAwaited, levelOf, outcomeAfter, refusalOf, saidOf } from './freeze.ts';
import type { Freeze } from './freeze.ts';

const NOW = new Date('2026-01-01T00:01:00.000Z');
const taken = { from: '2026-01-01T00:00:00.000Z', level: 'application' } as const;
const released = { at: '2026-01-01T00:00:00.812Z', held: true };
const freeze = (more: Partial<Freeze> = {}): Freeze => ({
  pointId: 'pnt-1',
  groupId: 'grp-1',
  site: 'alpha',
  hook: 'shop-db',
  required: false,
  atMostSeconds: 30,
  request: {
    driver: 'hook',
    verb: 'quiesce',
    target: 'beta',
    point: { pointId: 'pnt-1', groupId: 'grp-1', disk: {} as never },
  },
  commandId: 'cmd-1',
  taken,
  outcome: 'held',
  why: null,
  endedAt: NOW,
  releasedAt: NOW,
  released,
  alarmedAt: null,
  ...more,
});

describe('an application that is held still for a point', () => {
  it('makes the point what its hook achieves, and no more when it was not held to the end', () => {
    expect(levelOf(freeze())).toBe('application');
    expect(levelOf(freeze({ outcome: 'ran-out' }))).toBeUndefined();
    expect(levelOf(freeze({ outcome: 'failed', taken: null }))).toBeUndefined();
  });

  it('has the point fail where it is required and was not had, and only there', () => {
    expect(refusalOf(freeze({ required: true }))).toBeUndefined();
    expect(refusalOf(freeze({ required: true, outcome: null }))).toBeUndefined();
    expect(refusalOf(freeze({ outcome: 'failed' }))).toBeUndefined();
    expect(refusalOf(freeze({ required: true, outcome: 'ran-out', why: 'too slow' }))).toMatchObject({
      code: 'quiesce-ran-out',
      message: expect.stringContaining('too slow'),
    });
  });

  it('says with the point for how long', () => {
    expect(saidOf(freeze())).toEqual({ hook: 'shop-db', outcome: 'held', from: taken.from, to: released.at, ms: 812 });
    expect(saidOf(freeze({ taken: null, outcome: 'failed', why: 'it ended with 1' }))).toEqual({
      hook: 'shop-db',
      outcome: 'failed',
      why: 'it ended with 1',
    });
  });

  it('counts for nothing when it says itself that it did not hold', () => {
    const lost = { ...released, held: false, why: 'its own timer had run out' };
    expect(outcomeAfter(freeze(), lost)).toEqual({ outcome: 'lost', why: lost.why });
    expect(outcomeAfter(freeze({ outcome: 'ran-out', why: 'late' }), lost)).toEqual({
      outcome: 'ran-out',
      why: 'late',
    });
  });

  it('is waited for until it answers that it was let go of, for half a minute', () => {
    const endedAgo = (ms: number) =>
      freeze({ releasedAt: null, released: null, endedAt: new Date(NOW.getTime() - ms) });
    expect(isToBeAwaited(endedAgo(1_000), NOW)).toBe(true);
    expect(isToBeAwaited(endedAgo(31_000), NOW)).toBe(false);
    expect(isToBeAwaited(freeze(), NOW)).toBe(false);
    expect(saidOf(endedAgo(31_000))).toEqual({ hook: 'shop-db', outcome: 'held', from: taken.from });
  });
});
