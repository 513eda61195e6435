import { RunDetail } from '@lifeboat/contracts';
import type { RequestDecision } from '@lifeboat/contracts';
import { runOfRequest } from './run-of-request.ts';
import type { RunRequestRow } from './run-request.row.ts';

const at = '2026-01-01T00:10:00.000Z';
const row = (decided?: RequestDecision): RunRequestRow => ({
  runId: 'run-1',
  groupId: 'shop',
  kind: 'failover',
  askedAt: new Date('2026-01-01T00:00:00.000Z'),
  input: { groupId: 'shop', runId: 'run-1', reason: 'fire', pointId: 'pnt-1' },
  request: {
    by: 'bert',
    at: '2026-01-01T00:00:00.000Z',
    policy: { name: 'gold' },
    approval: { lapsesAt: '2026-01-01T01:00:00.000Z', ...(decided && { decided }) },
  },
  decided: decided?.how ?? null,
});

describe('a run that has not begun is shown', () => {
  it('as awaiting approval, with what was asked for', () => {
    const run = runOfRequest(row());
    expect(run).toMatchObject({ outcome: 'awaiting-approval', startedAt: '2026-01-01T00:00:00.000Z', steps: [] });
    expect(run?.state).toMatchObject({ reason: 'fire', pointId: 'pnt-1', request: { by: 'bert' } });
    expect(run).not.toHaveProperty('endedAt');
    expect(RunDetail.parse(run)).toEqual(run);
  });

  it.each(['refused', 'lapsed'] as const)('as %s, and when', (how) => {
    expect(runOfRequest(row({ how, at }))).toMatchObject({ outcome: how, endedAt: at });
  });

  it('not at all when it was approved: it has begun, or is about to', () => {
    expect(runOfRequest(row({ how: 'approved', at, by: 'anna', reason: 'seen' }))).toBeUndefined();
  });
});
