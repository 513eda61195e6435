import type { VerbAnswered } from '@lifeboat/contracts';
import { GIVE_UP_AFTER_MS, nextState } from './next-state.ts';

const now = new Date('2026-01-01T00:10:00Z');
const fresh = { call: 20, memo: { image: 'img-1' }, failures: 0, failingSince: null };
const failure = (kind: 'transient' | 'permanent' | 'misconfigured'): VerbAnswered => ({
  status: 'failed',
  kind,
  bytes: 0,
  error: { kind: 'unavailable', code: 'site-unreachable', message: 'alpha cannot be reached.' },
});

describe('the next state of a task', () => {
  it('keeps the memo of the last good answer when a call fails in passing, and waits longer each time', () => {
    const first = nextState(fresh, failure('transient'), now);
    const third = nextState(
      { ...fresh, failures: 2, failingSince: new Date(now.getTime() - 5_000) },
      failure('transient'),
      now,
    );
    expect(first).toMatchObject({ state: 'waiting', memo: { image: 'img-1' }, afterMs: 500, failures: 1 });
    expect(first).toHaveProperty('problem.code', 'site-unreachable');
    expect(third).toMatchObject({ state: 'waiting', memo: { image: 'img-1' }, afterMs: 2_000, failures: 3 });
  });

  it('gives up a verb that has failed for too long without a good answer', () => {
    const task = { ...fresh, failures: 40, failingSince: new Date(now.getTime() - GIVE_UP_AFTER_MS - 1) };
    expect(nextState(task, failure('transient'), now)).toMatchObject({
      state: 'failed',
      error: { code: 'site-unreachable' },
    });
  });

  it.each(['permanent', 'misconfigured'] as const)('fails at once what is %s', (kind) => {
    expect(nextState(fresh, failure(kind), now).state).toBe('failed');
  });

  it('comes back sooner than asked at first, and as asked later', () => {
    const answer: VerbAnswered = { status: 'in-progress', memo: null, againMs: 1_000, bytes: 0 };
    expect([1, 3, 9].map((call) => nextState({ ...fresh, call }, answer, now))).toMatchObject([
      { afterMs: 140 },
      { afterMs: 274 },
      { afterMs: 1_000 },
    ]);
  });

  it('forgets earlier failures with a good answer', () => {
    const task = { ...fresh, failures: 9, failingSince: new Date(0) };
    expect(
      nextState(
        task,
        { status: 'in-progress', memo: { image: 'img-2' }, againMs: 1_000, progress: 0.4, bytes: 7 },
        now,
      ),
    ).toEqual({
      state: 'waiting',
      memo: { image: 'img-2' },
      afterMs: 1_000,
      failures: 0,
      progress: 0.4,
    });
  });
});
