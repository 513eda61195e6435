import { RunRequest } from '@lifeboat/contracts';
import { decidedBy, endedApprovals, lapsed, requestOf } from './decisions.ts';
import type { ApprovableRequest, Word } from './decisions.ts';

const now = new Date('2026-01-01T12:00:00.000Z');
const later = new Date('2026-01-01T13:00:00.000Z');
const gold = {
  name: 'gold',
  setBy: 'carl',
  setAt: '2025-12-01T00:00:00.000Z',
  approval: { kinds: ['failover' as const, 'failback' as const], withinSeconds: 3600 },
};
const waiting = requestOf('failover', 'bert', gold, now) as ApprovableRequest;
const approves = (by: string): Word => ({ how: 'approved', by, reason: 'the site is on fire' });
const refuses = (by: string): Word => ({ how: 'refused', by, reason: 'it is a rumour' });

describe('a run that is asked for', () => {
  it('waits for somebody else where the policy names its kind, so long as the policy says', () => {
    expect(waiting).toEqual({
      by: 'bert',
      at: now.toISOString(),
      policy: { name: 'gold', setBy: 'carl', setAt: '2025-12-01T00:00:00.000Z' },
      approval: { lapsesAt: later.toISOString() },
    });
    expect(RunRequest.parse(waiting)).toEqual(waiting);
  });

  it('waits for nobody where it does not, and it is kept by which policy', () => {
    expect(requestOf('drill', 'bert', gold, now)).toEqual({
      by: 'bert',
      at: now.toISOString(),
      policy: waiting.policy,
    });
    expect(requestOf('failover', undefined, { name: 'plain' }, now)).toEqual({
      at: now.toISOString(),
      policy: { name: 'plain' },
    });
  });

  it('needs the name of who asks, since everybody else may approve it', () => {
    expect(() => requestOf('failback', undefined, gold, now)).toThrow(
      expect.objectContaining({ code: 'asker-not-named', mend: expect.stringContaining('--by') }),
    );
  });
});

describe('a word to a run that awaits approval', () => {
  it('of somebody else approves it: who, when and why are kept', () => {
    expect(decidedBy('run-1', waiting, approves('anna'), now)).toEqual({
      ...waiting,
      approval: {
        lapsesAt: later.toISOString(),
        decided: { how: 'approved', by: 'anna', reason: 'the site is on fire', at: now.toISOString() },
      },
    });
  });

  it.each(['bert', 'Bert'])('of %s, who asked, does not', (by) => {
    expect(() => decidedBy('run-1', waiting, approves(by), now)).toThrow(
      expect.objectContaining({
        kind: 'forbidden',
        code: 'own-approval',
        mend: expect.stringContaining('run approve run-1'),
      }),
    );
  });

  it('of anybody refuses it, also of who asked', () => {
    for (const by of ['anna', 'bert'])
      expect(decidedBy('run-1', waiting, refuses(by), now)?.approval?.decided).toMatchObject({ how: 'refused', by });
  });

  it('says nothing new when the same person has said it before, and comes too late from any other', () => {
    const approved = decidedBy('run-1', waiting, approves('anna'), now) ?? waiting;
    expect(decidedBy('run-1', approved, approves('anna'), later)).toBeUndefined();
    for (const word of [approves('carl'), refuses('anna'), refuses('carl')])
      expect(() => decidedBy('run-1', approved, word, now)).toThrow(
        expect.objectContaining({ code: 'request-decided', message: expect.stringContaining('approved by anna') }),
      );
  });

  it('comes too late when its time is over, whether anybody has noticed that or not', () => {
    expect(lapsed(waiting, new Date(later.getTime() - 1))).toBe(false);
    expect(lapsed(waiting, later)).toBe(true);
    expect(() => decidedBy('run-1', waiting, approves('anna'), later)).toThrow(
      expect.objectContaining({ code: 'request-decided', message: expect.stringContaining('lapsed') }),
    );
  });
});

describe('a policy that is set again', () => {
  const approval = { kinds: ['failover' as const, 'failback' as const], withinSeconds: 60 };
  it.each([
    ['nothing wanted before', null, undefined, []],
    ['the same', approval, approval, []],
    ['more kinds, more time', approval, { kinds: [...approval.kinds, 'drill' as const], withinSeconds: 600 }, []],
    ['a kind less', approval, { ...approval, kinds: ['failback' as const] }, ['failover']],
    ['none any more', approval, undefined, ['failover', 'failback']],
  ])('ends approvals: %s', (_what, before, after, kinds) => {
    expect(endedApprovals(before, after)).toEqual(kinds);
  });
});
